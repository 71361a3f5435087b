// Every page of the running server, in every role. VANGUARD_URL names the server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, server } from './browser.mjs'
import { crawl, ROLES, shape } from './crawl.mjs'

const base = server()
/// Pages about one person: roles without direct care meet a refusal there, which is a page like any other.
const ABOUT_ONE_PERSON = /^\/(person|people|caseload|caseloads|search)(\/|$)/
const DIRECT_CARE = ['gp', 'care_coordinator']
const seen = new Set()
const shapes = new Set()

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

for (const role of ['gp', ...ROLES.filter(role => role !== 'gp')]) {
  test(`every page as ${role}`, { timeout: 1_200_000 }, async () => {
    const expected = url => ABOUT_ONE_PERSON.test(url.pathname) && !DIRECT_CARE.includes(role) ? 'perhaps refused' : 'below 400'
    const { visited, breaches } = await crawl(browser, base, role, { seen, expected })
    for (const { path } of visited) shapes.add(shape(new URL(path, base)))
    console.log(`${role}: ${visited.length} pages, ${breaches.length} breaches`)
    assert.equal(breaches.length, 0, `${breaches.length} breaches:\n${breaches.join('\n')}`)
  })
}

test('the walk meets every section', () => {
  const sections = ['/', '/population', '/segments', '/cost', '/localities', '/need', '/cohorts', '/caseloads', '/measures', '/evaluation', '/data-quality', '/linkage', '/linkage/review', '/linkage/review/results', '/linkage/changes', '/care-model']
  assert.deepEqual(sections.filter(section => !shapes.has(section)), [], `met: ${[...shapes].join(' ')}`)
  assert.ok([...shapes].some(met => /^\/(person|people)\//.test(met)), `no person's page among ${[...shapes].join(' ')}`)
})
