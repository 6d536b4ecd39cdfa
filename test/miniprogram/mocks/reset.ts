import { cleanup, configure } from '@testing-library/react'
import { resetTaro } from './taro'

configure({ asyncUtilTimeout: 3000 })

beforeEach(() => resetTaro())
afterEach(() => cleanup())
