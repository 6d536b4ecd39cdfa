import { Text, View } from '@tarojs/components'
import { MAP_TEXTS as T } from '@/components/texts'
import { a11y } from '@/shared/a11y'
import { formatDistance } from '@/shared/format'
import { distanceMeters, type Position } from '@shared/geo'
import { radiusDrawing } from '@/shared/radius-drawing'
import './index.scss'

interface RadiusMapProps {
  /** Where the service is due; null while unknown. */
  site: Position | null
  radiusMeters: number
  /** The latest position with its accuracy in metres; null while locating. */
  fix: (Position & { accuracy?: number | null }) | null
  /** Whose position it is. */
  who?: string
}

/** Percent of the side: a smaller circle would vanish under the mark of the site. */
const SMALL = 5

/** Drawing to scale, north up: the site, the circle one may check in from, the position and how sure it is. */
export function RadiusMap({ site, radiusMeters, fix, who = T.me }: RadiusMapProps) {
  const drawing = radiusDrawing({ site, radiusMeters, fix })
  const inside = site && fix ? distanceMeters(site, fix) <= radiusMeters : false
  return (
    <View
      className={`radius-map ${inside ? 'radius-map--inside' : ''}`}
      {...a11y(describe(inside, Boolean(fix)), 'img')}
    >
      <View className="radius-map__plane">
        <View className="radius-map__axis radius-map__axis--x" />
        <View className="radius-map__axis radius-map__axis--y" />
        <View className="radius-map__radius" style={circle(50, 50, drawing.radius)} />
        {drawing.fix ? (
          <>
            <View
              className="radius-map__accuracy"
              style={circle(drawing.fix.left, drawing.fix.top, drawing.fix.accuracy)}
            />
            <View className="radius-map__fix" style={{ left: `${drawing.fix.left}%`, top: `${drawing.fix.top}%` }} />
          </>
        ) : null}
        {site ? (
          <View className={`radius-map__site ${drawing.radius < SMALL ? 'radius-map__site--small' : ''}`} />
        ) : null}
        <Text className="radius-map__north">{T.north}</Text>
        <View className="radius-map__bar" style={{ width: `${drawing.bar.width}%` }}>
          <Text className="radius-map__bar-label numeric">{formatDistance(drawing.bar.meters)}</Text>
        </View>
      </View>
      <View className="radius-map__legend">
        <Legend kind="site" label={T.site} />
        <Legend kind="radius" label={T.radius(formatDistance(radiusMeters))} />
        <Legend kind="fix" label={fix?.accuracy ? T.accuracy(who, fix.accuracy) : who} />
      </View>
    </View>
  )
}

const circle = (left: number, top: number, radius: number) => ({
  left: `${left - radius}%`,
  top: `${top - radius}%`,
  width: `${radius * 2}%`,
  height: `${radius * 2}%`,
})

function describe(inside: boolean, located: boolean): string {
  if (!located) return T.locating
  return inside ? T.inside : T.outside
}

function Legend({ kind, label }: { kind: 'site' | 'radius' | 'fix'; label: string }) {
  return (
    <View className="radius-map__key">
      <View className={`radius-map__mark radius-map__mark--${kind}`} />
      <Text className="numeric">{label}</Text>
    </View>
  )
}
