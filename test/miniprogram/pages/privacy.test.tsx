import { render, screen } from '@testing-library/react'
import PrivacyPage from '@/pages/privacy/index'
import { useConsent } from '@/stores/consent'
import { freshPhone } from '../support/server'

beforeEach(freshPhone)

test('can be read before anything is agreed to', () => {
  useConsent.setState({ agreed: false, sheetOpen: true })
  render(<PrivacyPage />)
  expect(screen.getByText('我们收集的信息')).toBeTruthy()
  expect(screen.queryByText('同意并继续')).toBeNull()
})

test('says that it was agreed to', () => {
  render(<PrivacyPage />)
  expect(screen.getByText('您已同意本指引')).toBeTruthy()
})
