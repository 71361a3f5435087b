// The checks themselves: good pages pass, and each kind of bad page is found. Needs no server of Vanguard's.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, open } from './browser.mjs'
import * as checks from './checks.mjs'
import { crawl, shape } from './crawl.mjs'
import { BAD, serve } from './fixture.mjs'

let browser, fixture
before(async () => { [browser, fixture] = [await launch(), await serve()] })
after(async () => { await browser?.close(); await fixture?.close() })

const FINDS = {
  '/bad/alt': /axe image-alt/,
  '/bad/contrast': /axe color-contrast/,
  '/bad/lang': /the language is "fr", not English/,
  '/bad/title': /does not end "- Vanguard"/,
  '/bad/headings': /there are 2 main headings/,
  '/bad/skip': /first stop of the Tab key is not the skip link/,
  '/bad/skip-target': /skip link leads nowhere/,
  '/bad/focus': /the focus cannot be seen on <a href/,
  '/bad/unreachable': /the Tab key reaches \d of \d controls; not .*<button>Never/,
  '/bad/takes-focus': /takes the focus by itself: <button id="b">/,
  '/bad/wide': /3\d\d\d pixels wide/,
  '/bad/script-only': /without JavaScript the page does not say: Secretly scripted/,
  '/bad/console': /console error: broken/,
  '/bad/throws': /script error: thrown/,
  '/bad/missing-file': /status 404 for .*absent\.js/,
  '/bad/other-host': /request to another host/,
  '/bad/print': /the main part is not printed/,
  '/bad/dead-link': /\/nowhere: status 404/,
}

test('every bad page of the fixture has its check', () => assert.deepEqual(Object.keys(FINDS), Object.keys(BAD)))

for (const [path, finds] of Object.entries(FINDS)) {
  test(`${path} is found`, async () => {
    const { breaches } = await crawl(browser, fixture.base, 'gp', { start: path, pages: path === '/bad/dead-link' ? 9 : 1 })
    assert.match(breaches.join('\n'), finds)
  })
}

test('a good place is walked without a breach, and each kind of page a few times', async () => {
  const { visited, breaches } = await crawl(browser, fixture.base, 'gp')
  assert.deepEqual(breaches, [])
  const paths = visited.map(({ path }) => path)
  assert.deepEqual(paths.filter(path => path.startsWith('/person/')).length, 2)
  for (const path of ['/', '/list.csv', '/list?page=2', '/wrong']) assert.ok(paths.includes(path), `${path} is in ${paths}`)
})

test('a page that refuses is a breach unless it is expected, and is checked all the same', async () => {
  const expect = async expected => (await crawl(browser, fixture.base, 'analyst', { start: '/secret', pages: 1, expected })).breaches
  assert.match((await expect(() => 'below 400')).join('\n'), /secret: status 403/)
  assert.deepEqual(await expect(() => 'perhaps refused'), [])
})

test('the shape of an address', () => {
  const of = path => shape(new URL(path, 'http://x'))
  assert.equal(of('/person/12'), '/person/*')
  assert.equal(of('/person/12?b=1&a=2&b=3'), '/person/*?a&b')
  assert.equal(of('/caseload/extensive_care/team-4'), '/caseload/extensive_care/*')
})

test('the words of a page leave figures out', async () => {
  const page = await open(browser, fixture.base)
  await page.goto(fixture.base + 'person/1')
  assert.deepEqual([...await checks.words(page)], ['Person', 'Next'])
  await page.context().close()
})
