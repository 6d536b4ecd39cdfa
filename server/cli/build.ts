import { runCommand } from './run'
import { buildServer } from './server-bundle'

/** `npm run build:server` */
runCommand(buildServer)
