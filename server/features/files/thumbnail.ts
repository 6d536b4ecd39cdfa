import { type Decoder, opened } from './decode'

const EDGE_PIXELS = 360

/** Writes a small JPEG beside an image. @returns false when the content cannot be decoded */
export const renderThumbnail = (decoder: Decoder, from: string, to: string): Promise<boolean> =>
  decoder.derive({ from, to, edge: EDGE_PIXELS }, (picture) => opened(picture).jpeg({ quality: 78 }).toBuffer())
