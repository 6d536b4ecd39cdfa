import { type ReactNode, useEffect } from 'react'

interface Props {
  title: string
  /** One line below the title. */
  note?: ReactNode
  /** Buttons on the right. */
  actions?: ReactNode
  children: ReactNode
}

/** Every page: its name, what can be done on it, and its content. */
export function Page({ title, note, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · 研仪联管理后台`
  }, [title])
  return (
    <>
      <div className="page__head">
        <div className="page__names">
          <h1 className="page__title">{title}</h1>
          {note && <div className="page__note">{note}</div>}
        </div>
        {actions && <div className="page__actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}

/** A framed part of a page. */
export function Panel({
  title,
  extra,
  children,
  className = '',
}: {
  title?: ReactNode
  extra?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={`panel ${className}`}>
      {(title || extra) && (
        <div className="panel__head">
          {title && <h2 className="panel__title">{title}</h2>}
          {extra}
        </div>
      )}
      {children}
    </section>
  )
}
