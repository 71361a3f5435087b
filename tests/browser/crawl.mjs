// A walk over every page of a running server: each kind of page a few times, however many people or teams there are.
import { mkdirSync } from 'node:fs'
import { open } from './browser.mjs'
import * as checks from './checks.mjs'

export const ROLES = ['analyst', 'care_coordinator', 'gp', 'site_lead', 'evaluator', 'data_quality']
/// Hiding the caret or stopping animations would put a style into the page, which its own policy forbids.
const ASIS = { caret: 'initial', animations: 'allow' }
const SCREENS = new URL('../../target/screens/', import.meta.url)
/// Pages of one shape that are opened.
const OF_ONE_SHAPE = 2
/// Pages under one first part of the address and of the same depth that are opened.
const UNDER_ONE_ROOT = 8
/// Pages that are opened for one role.
export const PAGES = 150

/// What an address is an example of: numbers and long codes stand for all their kind, and a query counts by its names.
export function shape (url) {
  const parts = url.pathname.split('/').filter(Boolean)
    .map((part, depth) => depth > 0 && /\d/.test(part) ? '*' : part)
  return `/${parts.join('/')}${query(url)}`
}

function query (url) {
  const names = [...new Set(url.searchParams.keys())].sort()
  return names.length > 0 ? `?${names.join('&')}` : ''
}

/// A page with this role, as the form in the header sets it.
export async function pageAs (browser, base, role, options) {
  const page = await open(browser, base, options)
  const answer = await page.request.post(new URL('/role', base).href, { form: { role }, headers: { origin: new URL(base).origin } })
  if (answer.status() >= 400) throw new Error(`the role ${role} cannot be taken: status ${answer.status()}`)
  return page
}

/// Every internal link of the page that a reader follows with GET, and the forms that ask with GET.
async function links (page, base) {
  const found = await page.evaluate(() => [
    ...[...document.querySelectorAll('a[href], area[href]')]
      .map(link => ({ href: link.href?.baseVal ?? link.href, file: link.hasAttribute('download') })),
    // A chart's links are SVG's, whose address is an object.
    ...[...document.querySelectorAll('svg a')].map(link => ({ href: new URL(link.href.baseVal, location).href, file: false })),
    ...[...document.querySelectorAll('form[action]')].filter(form => form.method === 'get').map(form => ({ href: form.action, file: false })),
  ])
  return found
    .filter(({ href }) => URL.canParse(href))
    .map(({ href, file }) => ({ url: new URL(href.split('#')[0]), file }))
    .filter(({ url }) => url.host === new URL(base).host)
}

const isFile = url => /\.(csv|json|ndjson|parquet|zip|txt|toml|svg|png|pdf|css|js)$/i.test(url.pathname) || url.searchParams.get('format') === 'csv'

/// Walks from `start` and gives back the addresses visited and the breaches found. `seen` holds the shapes that earlier walks
/// have looked at closely (keyboard, without scripts, narrow, printed); pass the same set for every role.
export async function crawl (browser, base, role, { start = '/', pages = PAGES, seen = new Set(), expected = () => 'below 400', visit = async () => [] } = {}) {
  const page = await pageAs(browser, base, role)
  const bare = await open(browser, base, { javaScriptEnabled: false, storageState: await page.context().storageState() })
  const [queue, queued, counts] = [[new URL(start, base)], new Set([start]), new Map()]
  const [visited, breaches] = [[], []]
  while (queue.length > 0 && visited.length < pages) {
    const url = queue.shift()
    page.troubles.length = 0
    const found = []
    const status = (await page.goto(url.href, { waitUntil: 'load' }))?.status() ?? 0
    visited.push({ path: url.pathname + url.search, status })
    if (status >= 400 && !(status === 403 && expected(url) === 'perhaps refused')) found.push(`status ${status}`)
    found.push(...await checks.frame(page), ...await checks.fits(page), ...await visit(page, url))
    const onward = await links(page, base)
    const close = `${shape(url)} ${status}`
    if (!seen.has(close)) {
      seen.add(close)
      found.push(...await closely(page, bare, url, `${role}${shape(url)}${status >= 400 ? ` ${status}` : ''}`))
    }
    found.push(...await checks.accessibility(page), ...page.troubles)
    breaches.push(...found.map(text => `${role} ${url.pathname}${url.search}: ${text}`))
    for (const { url: next, file } of onward) {
      const address = next.pathname + next.search
      if (queued.has(address)) continue
      const root = `${next.pathname.split('/')[1]} ${next.pathname.split('/').length}${query(next)}`
      if (count(counts, shape(next)) > OF_ONE_SHAPE || count(counts, root) > UNDER_ONE_ROOT) continue
      queued.add(address)
      if (file || isFile(next)) {
        const answer = await page.request.get(next.href)
        visited.push({ path: address, status: answer.status() })
        if (answer.status() >= 400) breaches.push(`${role} ${address} (from ${url.pathname}): status ${answer.status()}`)
      } else {
        queue.push(next)
      }
    }
  }
  await page.context().close()
  await bare.context().close()
  return { visited, breaches }
}

function count (counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts.get(key)
}

async function closely (page, bare, url, name) {
  const found = await checks.keyboard(page)
  await bare.goto(url.href)
  found.push(...await checks.sameWithoutScripts(page, bare))
  found.push(...bare.troubles.splice(0).map(text => `without JavaScript: ${text}`))
  mkdirSync(SCREENS, { recursive: true })
  const picture = kind => new URL(`${name.replace(/[^a-z0-9]+/gi, '-').replace(/-+$/, '')}-${kind}.png`, SCREENS).pathname
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0) })
  await page.screenshot({ path: picture('1280'), fullPage: true, ...ASIS })
  await page.setViewportSize({ width: 390, height: 844 })
  found.push(...(await checks.fits(page)).map(text => `on a telephone: ${text}`))
  found.push(...(await checks.accessibility(page)).map(text => `on a telephone: ${text}`))
  await page.screenshot({ path: picture('390'), fullPage: true, ...ASIS })
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ media: 'print' })
  const printed = await page.evaluate(() => document.querySelector('main')?.checkVisibility() ?? false)
  if (!printed) found.push('the main part is not printed')
  await page.screenshot({ path: picture('print'), fullPage: true, ...ASIS })
  await page.emulateMedia({ media: 'screen' })
  return found
}
