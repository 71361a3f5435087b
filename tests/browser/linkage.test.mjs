// Reviewing doubtful pairs of records as a data quality officer does it, without JavaScript. VANGUARD_URL names the server,
// VANGUARD_DB its database.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { launch, open, server } from './browser.mjs'
import * as checks from './checks.mjs'
import { pageAs } from './crawl.mjs'

const base = server()
const at = path => new URL(path, base).href

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

/// A page of an officer, the first or the second, in which no script runs.
async function officer (team = '') {
  const page = await open(browser, base, { javaScriptEnabled: false })
  await page.request.post(at('/role'), { form: { role: 'data_quality', team }, headers: { origin: new URL(base).origin } })
  return page
}

/// Rows of a question to the database, read only.
function ask (question, ...values) {
  const program = 'import json,sqlite3,sys\n' +
    'db=sqlite3.connect("file:"+sys.argv[1]+"?mode=ro",uri=True)\n' +
    'print(json.dumps(db.execute(sys.argv[2],sys.argv[3:]).fetchall()))'
  const path = process.env.VANGUARD_DB
  assert.ok(path, 'set VANGUARD_DB to the vanguard.db of the server')
  return JSON.parse(execFileSync(process.env.VANGUARD_PYTHON ?? 'python3', ['-c', program, path, question, ...values], { encoding: 'utf8' }))
}

const progress = async page => Number(/(\d+) of [\d,]+ decided/.exec(await page.locator('h1').innerText())[1])
const text = async page => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
const pairOf = page => new URL(page.url()).pathname

/// Opens a pair nobody has decided about.
async function openPair (page) {
  await page.goto(at('/linkage/review'))
  await page.getByRole('button', { name: 'Start with the next pair' }).click()
  assert.match(pairOf(page), /^\/linkage\/review\/[0-9a-f]{16}-[0-9a-f]{16}$/)
  return pairOf(page)
}

async function say (page, words, reason = '') {
  await page.getByLabel(words, { exact: true }).check()
  await page.getByLabel('Why (optional)').fill(reason)
  await page.getByRole('button', { name: 'Save and go on' }).click()
}

test('decide, see the next pair, undo, decide otherwise, and find it again after a reload', async () => {
  const page = await officer()
  const pair = await openPair(page)
  const begun = await progress(page)
  await say(page, 'Same person', 'the same hand')
  assert.notEqual(pairOf(page), pair, 'the next pair is shown')
  assert.equal(await progress(page), begun + 1)
  assert.match(await text(page), /Saved: same person/)
  await page.getByRole('button', { name: 'Undo the last decision' }).click()
  assert.equal(pairOf(page), pair, 'undoing comes back to the pair')
  assert.match(await text(page), /taken back/)
  assert.equal(await progress(page), begun)
  await say(page, 'Different people', 'two generations')
  await page.goto(at(pair))
  await page.reload()
  assert.match(await text(page), /You said "Different people"/)
  assert.ok(await page.getByLabel('Different people', { exact: true }).isChecked())
  assert.match(await text(page), /In this load the records are two people, as decided|The next load keeps the records apart/)
  const rows = await page.locator('table:has(caption:text("Decisions about this pair")) tbody tr').allInnerTexts()
  assert.equal(rows.length, 3)
  assert.match(rows[0], /Same person.*the same hand/s)
  assert.match(rows[1], /Took it back/)
  await page.goto(at('/linkage/review?show=decided'))
  assert.ok(await page.locator(`main a[href="${pair}"]`).count(), 'it is among the decided')
  assert.deepEqual(page.troubles, [])
  await page.context().close()
})

test('an answer that is not given, or a reason that is too long, is told and loses nothing', async () => {
  const page = await officer()
  const pair = await openPair(page)
  await page.getByRole('button', { name: 'Save and go on' }).click()
  assert.match(await text(page), /There is a problem.*Say whether the two records are one person/)
  assert.equal(pairOf(page), pair)
  const reason = 'x'.repeat(501)
  await say(page, 'Cannot tell', reason)
  assert.match(await text(page), /500 letters or fewer/)
  assert.equal(await page.getByLabel('Why (optional)').inputValue(), reason)
  assert.ok(await page.getByLabel('Cannot tell', { exact: true }).isChecked())
  await page.context().close()
  const scripted = await pageAs(browser, base, 'data_quality')
  await scripted.goto(at(pair))
  await scripted.getByRole('button', { name: 'Save and go on' }).click()
  assert.deepEqual([...await checks.accessibility(scripted), ...await checks.frame(scripted)], [])
  await scripted.context().close()
})

test('two officers who differ: the pair waits under "Reviewers disagree", and the second is asked blind', async () => {
  const first = await officer()
  const pair = await openPair(first)
  await say(first, 'Same person')
  const second = await officer('second')
  await second.goto(at(pair))
  await say(second, 'Different people')
  await second.goto(at(pair))
  assert.match(await text(second), /Reviewers disagree/)
  assert.match(await text(second), /Nothing changes while reviewers disagree/)
  await second.goto(at('/linkage/review?show=disputed'))
  assert.ok(await second.locator(`main a[href="${pair}"]`).count())
  // Two must agree: one word is not enough, and the other officer does not see it before speaking.
  await second.getByLabel('How many reviewers a decision needs').selectOption('2')
  await second.getByRole('button', { name: 'Save', exact: true }).click()
  const next = await openPair(first)
  await say(first, 'Same person')
  await second.goto(at(next))
  assert.match(await text(second), /Second opinion needed|Say what you think before you look/)
  assert.ok(!await second.locator('table:has(caption:text("Decisions about this pair"))').isVisible())
  await second.goto(at('/linkage/review'))
  await second.getByLabel('How many reviewers a decision needs').selectOption('1')
  await second.getByRole('button', { name: 'Save', exact: true }).click()
  for (const page of [first, second]) {
    assert.deepEqual(page.troubles, [])
    await page.context().close()
  }
})

test('each look and each decision is in the audit before the page is there', async () => {
  const page = await officer()
  const pair = await openPair(page)
  const key = pair.split('/').at(-1)
  const count = action => ask('SELECT count(*) FROM audit WHERE action = ? AND detail LIKE ?', action, `pair=${key}%`)[0][0]
  const looks = count('review_linkage')
  assert.ok(looks >= 1)
  await page.reload()
  assert.ok(count('review_linkage') > looks)
  await say(page, 'Cannot tell')
  assert.ok(count('decide_linkage') >= 1)
  await page.context().close()
})

test('labels and records are downloaded, and the files are in the audit', async () => {
  const page = await officer()
  for (const [name, header] of [['labels', 'left,right,same_person'], ['records', 'id,source,family_name']]) {
    const answer = await page.request.post(at(`/linkage/review/${name}.csv`), { headers: { origin: new URL(base).origin } })
    assert.equal(answer.status(), 200)
    assert.ok((await answer.text()).startsWith(header))
  }
  assert.equal(ask("SELECT count(*) FROM audit WHERE action = 'export_linkage' AND outcome = 'allowed' AND detail LIKE 'rows=% sha256=%'")[0][0] >= 2, true)
  await page.context().close()
})

test('everyone else is told whom to ask, sees no name, and the attempt is written down', async () => {
  const page = await officer()
  const pair = await openPair(page)
  const name = (await page.locator('table:has(caption:text("The two records")) tbody tr').first().locator('td').first().innerText()).trim()
  await page.context().close()
  const refused = () => ask("SELECT count(*) FROM audit WHERE action = 'review_linkage' AND outcome = 'refused'")[0][0]
  for (const role of ['analyst', 'gp', 'care_coordinator', 'site_lead', 'evaluator']) {
    const other = await pageAs(browser, base, role)
    const before = refused()
    const answer = await other.goto(at(pair))
    assert.equal(answer.status(), 403, role)
    assert.match(await text(other), /data quality officer/)
    if (name !== 'not given') assert.ok(!(await other.locator('main').innerText()).includes(name), `${role} sees the name`)
    assert.deepEqual(await checks.accessibility(other), [])
    assert.ok(refused() > before, role)
    for (const path of ['/linkage/review', '/linkage/review/results', '/linkage/review/0000000000000001-0000000000000002']) {
      assert.equal((await other.goto(at(path))).status(), 403, `${role} ${path}`)
    }
    const decided = await other.request.post(at(pair), { form: { verdict: 'same' }, headers: { origin: new URL(base).origin } })
    assert.equal(decided.status(), 403)
    assert.equal((await other.goto(at('/linkage'))).status(), 200, `${role} sees the figures`)
    await other.context().close()
  }
})
