// What each kind of reader comes to do, done as they would do it. VANGUARD_URL names the server, VANGUARD_DB its database.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { launch, open, server } from './browser.mjs'
import * as checks from './checks.mjs'
import { crawl, pageAs } from './crawl.mjs'

const base = server()
const PERSON = /^\/(person|people)\/[^/]+$/
const at = path => new URL(path, base).href

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

/// Runs with a page of its own in this role and closes it, then fails on anything that went wrong behind it.
async function as (role, journey) {
  const page = await pageAs(browser, base, role)
  try {
    await journey(page)
    assert.deepEqual(page.troubles, [])
  } finally {
    await page.context().close()
  }
}

const linksOf = page => page.evaluate(() => [...document.querySelectorAll('main a[href]')]
  .map(link => ({ path: link.pathname + link.search, text: link.textContent.trim().replace(/\s+/g, ' ') })))

/// Opens caseload after caseload until `wanted(page)` gives something.
async function inCaseloads (page, wanted) {
  const [queue, queued] = [['/caseloads'], new Set(['/caseloads'])]
  for (let opened = 0; queue.length > 0 && opened < 40; opened++) {
    await page.goto(at(queue.shift()))
    const found = await wanted(page)
    if (found) return found
    for (const { path } of await linksOf(page)) {
      if (/^\/caseloads?\//.test(path) && !/csv|export|download/i.test(path) && !queued.has(path)) {
        queued.add(path)
        queue.push(path)
      }
    }
  }
  throw new Error(`no caseload has what is wanted; opened ${[...queued].join(' ')}`)
}

/// The last few people of the first caseload that has any: their addresses and names.
const peopleInCaseload = page => inCaseloads(page, async page => {
  const people = (await linksOf(page)).filter(({ path }) => PERSON.test(path.split('?')[0]))
  return people.length > 0 ? people.reverse() : null
})

/// Opens a person's page: their name and the rows of the table under "Who has looked".
async function openPerson (page, path) {
  const answer = await page.goto(at(path))
  assert.equal(answer.status(), 200, `${path} in this role`)
  return page.evaluate(() => {
    const heading = [...document.querySelectorAll('main h2, main h3, main caption, main summary')].find(each => /who has (looked|seen)/i.test(each.textContent))
    // The table belongs to the heading where it is its caption, shares its section, or follows it.
    const table = heading?.closest('table') ?? heading?.closest('section, details')?.querySelector('table') ??
      [...document.querySelectorAll('main table')].find(each => heading && heading.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)
    return {
      name: document.querySelector('h1').textContent.trim().replace(/\s+/g, ' '),
      looks: table ? [...table.querySelectorAll('tbody tr')].map(row => row.textContent.replace(/\s+/g, ' ').trim()) : null,
    }
  })
}

/// The audit rows of an action in the database, latest first.
function audited (action) {
  const path = process.env.VANGUARD_DB
  assert.ok(path, 'set VANGUARD_DB to the vanguard.db of the server')
  const program = 'import json,sqlite3,sys\n' +
    'db=sqlite3.connect("file:"+sys.argv[1]+"?mode=ro",uri=True)\n' +
    'print(json.dumps(db.execute("SELECT who, role, detail FROM audit WHERE action = ? ORDER BY sequence DESC LIMIT 200",(sys.argv[2],)).fetchall()))'
  return JSON.parse(execFileSync(process.env.VANGUARD_PYTHON ?? 'python3', ['-c', program, path, action], { encoding: 'utf8' }))
}

test('the form in the header switches the role and comes back to the same page', async () => {
  const page = await open(browser, base)
  await page.goto(at('/measures'))
  const form = page.locator('form[action="/role"]')
  await form.locator('[name=role]').selectOption('site_lead')
  await form.getByRole('button').click()
  await page.waitForLoadState()
  assert.equal(new URL(page.url()).pathname, '/measures')
  assert.equal(await form.locator('[name=role]').inputValue(), 'site_lead')
  assert.deepEqual(page.troubles, [])
  await page.context().close()
})

test('a GP opens a patient and the look is on the page, one more each time', () => as('gp', async page => {
  const [{ path }] = await peopleInCaseload(page)
  const first = await openPerson(page, path)
  assert.ok(first.looks, 'the page has a table under "Who has looked"')
  const second = await openPerson(page, path)
  assert.equal(second.looks.length, first.looks.length + 1)
  assert.match(second.looks[0], /GP/)
}))

test('an analyst is refused the same page, sees no name on it, and the attempt is recorded', async () => {
  let path, before
  await as('gp', async page => {
    [{ path }] = await peopleInCaseload(page)
    before = await openPerson(page, path)
  })
  await as('analyst', async page => {
    const answer = await page.goto(at(path))
    assert.equal(answer.status(), 403)
    assert.ok(!(await page.content()).includes(before.name), 'the name is not in the refusal')
    assert.deepEqual(await checks.accessibility(page), [])
  })
  await as('gp', async page => {
    const { looks } = await openPerson(page, path)
    assert.equal(looks.length, before.looks.length + 2)
    assert.match(looks.join('\n'), /refused/i)
  })
})

test('an analyst sees no name and no NHS number on any page', { timeout: 600_000 }, async () => {
  let names
  await as('gp', async page => {
    const people = (await peopleInCaseload(page)).slice(0, 20)
    names = []
    for (const { path } of people.slice(0, 5)) names.push((await openPerson(page, path)).name)
    names.push(...people.map(({ text }) => text))
    names = [...new Set(names)].filter(name => /[a-z]{2}.*\s.*[a-z]{2}/i.test(name))
  })
  assert.ok(names.length > 0, 'the GP sees names')
  // Every shape counts as looked at already: this walk is for the words alone.
  const seen = { has: () => true, add: () => {} }
  const { visited, breaches } = await crawl(browser, base, 'analyst', {
    seen,
    expected: () => 'perhaps refused',
    visit: async page => {
      const text = await page.evaluate(() => document.documentElement.outerHTML)
      const shown = names.filter(name => text.includes(name)).map(name => `shows the name ${name}`)
      if (/\b\d{3}[ \u00a0]\d{3}[ \u00a0]\d{4}\b/.test(text)) shown.push('shows an NHS number')
      return shown
    },
  })
  assert.ok(visited.length >= 9, `${visited.length} pages`)
  assert.deepEqual(breaches.filter(text => / shows /.test(text)), [])
})

test('a care coordinator downloads a caseload, and the file is in the audit', () => as('care_coordinator', async page => {
  const people = await peopleInCaseload(page)
  const way = page.locator('main').locator('a[href*=csv], a[download], button:has-text("CSV"), button:has-text("Download")').first()
  const [download] = await Promise.all([page.waitForEvent('download'), way.click()])
  const file = readFileSync(await download.path())
  const lines = file.toString('utf8').replace(/^\ufeff/, '').trimEnd().split(/\r?\n/)
  assert.match(download.suggestedFilename(), /\.csv$/)
  assert.ok(lines.length >= 2 && lines[0].includes(','), `the file has a header and people: ${lines[0]}`)
  assert.ok(!lines.some(line => /(^|,)"?[=+@]/.test(line)), 'no cell is a formula to a spreadsheet')
  const sha = createHash('sha256').update(file).digest('hex')
  const line = audited('export_caseload').find(([, , detail]) => detail.includes(`sha256=${sha}`))
  assert.ok(line, `no audit row has the file's SHA-256 ${sha}`)
  assert.equal(line[1], 'care_coordinator')
  assert.match(line[2], /service=\S+ team=\S+ rows=\d+ /)
  const { looks } = await openPerson(page, people.at(-1).path)
  assert.match(looks.join('\n'), /export/i, 'the page of a person in the file shows the export')
}))

test('search finds a person by name, and says so plainly when there is none', () => as('gp', async page => {
  const [{ path }] = await peopleInCaseload(page)
  const { name } = await openPerson(page, path)
  const ask = async words => {
    await page.goto(at('/'))
    await page.locator('input[name=q]').fill(words)
    await page.locator('input[name=q]').press('Enter')
    await page.waitForURL(/\/search\?/)
  }
  await ask(name)
  const found = (await linksOf(page)).map(link => link.path.split('?')[0])
  // One hit may be opened at once.
  assert.ok(found.includes(path.split('?')[0]) || new URL(page.url()).pathname === path, `"${name}" finds ${found.join(' ')}`)
  await ask('Zzyzx Qqqq')
  assert.equal((await linksOf(page)).filter(link => PERSON.test(link.path)).length, 0)
  assert.match(await page.locator('main').innerText(), /no (one|people|person|results?|match)|nobody|not found|0 people/i)
  assert.deepEqual(await checks.accessibility(page), [])
}))

test('an address that does not exist gets a page that helps', async () => {
  for (const path of ['/no-such-page', '/person/18446744073709551615x', '/localities/nowhere']) {
    await as('gp', async page => {
      const answer = await page.goto(at(path))
      assert.ok([400, 404].includes(answer.status()), `${path}: status ${answer.status()}`)
      assert.deepEqual([...await checks.frame(page), ...await checks.accessibility(page)], [])
      assert.ok((await linksOf(page)).some(link => link.path === '/'), `${path} offers the way to the overview`)
    })
  }
})
