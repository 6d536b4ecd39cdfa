import type { Db, Engine } from '../database'
import { columnTypes, unlessExists } from '../sql-kit'

/** The QR code itself beside its address: the console shows it without asking another site for it. */
export async function up(db: Db, engine: Engine): Promise<void> {
  const { longText } = columnTypes(engine)
  await unlessExists(db.schema.alterTable('wxwork_session').addColumn(...longText('qrcode_picture', false)))
}
