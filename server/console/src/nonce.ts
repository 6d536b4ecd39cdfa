/**
 * Style elements that libraries make get the page's nonce, or the policy refuses them. antd can be told the nonce, the
 * scroll locker and the scroll bar measure of rc-component cannot. First import of main.tsx.
 */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
const createElement = document.createElement.bind(document)

document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options)
  if (nonce && name === 'style') element.nonce = nonce
  return element
}) as typeof document.createElement
