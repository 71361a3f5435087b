// One Chromium for the whole run, and pages that remember everything that went wrong on them.
// The packages come from web/package.json and its lock file; this folder has none of its own.
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
export const axeSource = require('axe-core').source

const EXECUTABLE = process.env.VANGUARD_CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]

/// The server under test, as scripts/test starts it.
export function server () {
  const base = process.env.VANGUARD_URL
  if (!base) throw new Error('set VANGUARD_URL to the address of a running `vanguard serve`, such as http://127.0.0.1:8080/')
  return new URL('/', base).href
}

export async function launch () {
  if (!existsSync(EXECUTABLE)) throw new Error(`there is no ${EXECUTABLE}: scripts/test installs Chromium`)
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS })
}

/// A page in a context of its own, with `page.troubles`: console errors, script errors, failed requests and requests that
/// leave the server at `base`, as sentences.
export async function open (browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  watch(page, base)
  return page
}

function watch (page, base) {
  const home = new URL(base).host
  page.troubles = []
  const trouble = text => page.troubles.push(text)
  page.on('pageerror', error => trouble(`script error: ${error.message}`))
  page.on('console', message => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    // A page that answers 403 or 404 is checked by its status; Chromium also writes it to the console.
    if (message.location().url === page.url() && /the server responded with a status of 40[34]/.test(message.text())) return
    trouble(`console ${message.type()}: ${message.text()}`)
  })
  page.on('request', request => {
    const url = new URL(request.url())
    if (!['data:', 'blob:', 'about:'].includes(url.protocol) && url.host !== home) trouble(`request to another host: ${url.href}`)
  })
  page.on('requestfailed', request => {
    // A link that downloads ends its navigation this way.
    const aborted = request.failure()?.errorText === 'net::ERR_ABORTED'
    if (request.isNavigationRequest() && aborted) return
    // A form sent at once leaves its page before the browser has fetched the icon of the tab.
    if (aborted && /\/favicon-[0-9a-f]+\.svg$/.test(new URL(request.url()).pathname)) return
    trouble(`failed request: ${request.url()} (${request.failure()?.errorText})`)
  })
  page.on('response', response => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) {
      trouble(`status ${response.status()} for ${response.url()}`)
    }
  })
}
