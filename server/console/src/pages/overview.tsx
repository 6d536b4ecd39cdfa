import { Page } from '../shell/page'
export default function P() {
  return <Page title="x">x</Page>
}
