import './nonce'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { createRoot } from 'react-dom/client'
import { ConsoleApp } from './app'
import './app.css'

dayjs.locale('zh-cn')
createRoot(document.getElementById('root')!).render(<ConsoleApp />)
