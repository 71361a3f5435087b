// What an analyst does with cohorts, without JavaScript: build, save, change, compare, export, delete and bring back.
// VANGUARD_URL names the server.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { launch, open, server } from './browser.mjs'
import * as checks from './checks.mjs'
import { pageAs } from './crawl.mjs'

const base = server()
const at = path => new URL(path, base).href
/// Names of this run, so that it can run again on the same place.
const run = `${process.pid}`

let browser
before(async () => { browser = await launch() })
after(async () => { await browser?.close() })

/// Runs without scripts, in this role, and fails on anything that went wrong behind the page.
async function as (role, journey) {
  const page = await pageAs(browser, base, role, { javaScriptEnabled: false })
  try {
    await journey(page)
    await page.waitForLoadState()
    // A page that refuses is checked by its words.
    assert.deepEqual(page.troubles.filter(text => !/status of 400/.test(text)), [])
  } finally {
    await page.context().close()
  }
}

const main = async page => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click()

/// Adds a condition by its form: `answer` fills it in.
async function add (page, field, answer) {
  await page.locator('select#field').selectOption(field)
  await press(page, 'Continue')
  await answer(page)
  await press(page, 'Use this condition')
}

async function save (page, rule, name) {
  await page.goto(at(`/cohorts/build?rule=${encodeURIComponent(rule)}`))
  await page.locator('#name').fill(name)
  await press(page, 'Save cohort')
  assert.match(page.url(), /\/cohorts\/\d+\?done=saved$/, await main(page))
  return new URL(page.url()).pathname
}

test('an analyst builds a cohort condition by condition, saves it and finds it in the list', () => as('analyst', async page => {
  await page.goto(at('/'))
  await page.getByRole('link', { name: 'Cohorts', exact: true }).first().click()
  await page.getByRole('button', { name: 'Build a cohort' }).click()
  assert.match(await main(page), /100\.0% of the/)
  await press(page, 'Continue')
  assert.match(await main(page), /There is a problem Choose what to ask about/)
  await add(page, 'age', async page => {
    await press(page, 'Use this condition')
    assert.match(await main(page), /Enter a value for “Age in years”/)
    await page.locator('#value').fill('65')
  })
  await add(page, 'sex', page => page.locator('input[value=female]').check())
  await add(page, 'long_term_conditions', page => page.locator('#value').fill('3'))
  await page.getByRole('link', { name: /^Or something else\W+Number of long-term/ }).click()
  await add(page, 'lives_alone', async () => {})
  const text = await main(page)
  assert.match(text, /Age in years: at least 65 years/)
  assert.match(text, /at least one of these is true/i)
  assert.match(text, /How each condition narrows it/)
  assert.match(text, /Who they are/)
  const rule = await page.locator('textarea#rule').inputValue()
  assert.equal(rule, "age >= 65 and sex = 'female' and (long_term_conditions >= 3 or lives_alone)")
  // The address is the whole cohort.
  const again = await open(browser, base, { javaScriptEnabled: false })
  await again.goto(page.url())
  assert.equal(await again.locator('textarea#rule').inputValue(), rule)
  await again.context().close()
  await page.getByRole('link', { name: /^Change\W+Age/ }).click()
  assert.equal(await page.locator('#value').inputValue(), '65')
  await page.locator('#value').fill('70')
  await press(page, 'Use this condition')
  await page.getByRole('link', { name: /^Remove\W+Sex/ }).click()
  assert.equal(await page.locator('textarea#rule').inputValue(), 'age >= 70 and (long_term_conditions >= 3 or lives_alone)')
  await press(page, 'Save cohort')
  assert.match(await main(page), /Enter a name for the cohort/)
  await page.locator('#name').fill(`Older people ${run}`)
  await press(page, 'Save cohort')
  assert.match(await main(page), /The cohort has been saved/)
  assert.match(await main(page), /Counts by snapshot/)
  await page.goto(at('/cohorts'))
  assert.equal(await page.getByRole('link', { name: `Older people ${run}` }).count(), 1)
}))

test('counts are rounded, and few are not told from none', () => as('analyst', async page => {
  for (const rule of ['age > 150', 'age = 97 and lives_alone and imd_decile = 1']) {
    await page.goto(at(`/cohorts/build?rule=${encodeURIComponent(rule)}`))
    const text = await main(page)
    assert.match(text, /Fewer than 8 people .*perhaps nobody/)
    assert.ok(!text.includes('Who they are'), 'nothing else is shown of so few')
  }
  await page.goto(at('/cohorts/build?rule=age+%3E%3D+50'))
  const count = rule => page.goto(at(`/cohorts/build?rule=${encodeURIComponent(rule)}`))
    .then(() => main(page)).then(text => /([\d,]+) people/.exec(text)[1].replace(',', ''))
  const [all, but] = [await count('age >= 50'), await count('age >= 50 and not (age = 97 and lives_alone and imd_decile = 1)')]
  assert.equal(all % 5, 0)
  assert.equal(all, but, 'asking without a few people gives the same figure')
}))

test('what is wrong with a typed rule is shown at its place, and hostile answers do no harm', () => as('analyst', async page => {
  await page.goto(at('/cohorts/build?rule=agee+%3E+60'))
  assert.match(await main(page), /There is no feature `agee` \(did you mean `age`\?\): line 1, character 1/)
  assert.deepEqual(await checks.frame(page), [])
  for (const path of [
    '/cohorts/build?rule=%3Cscript%3Ealert(1)%3C%2Fscript%3E', `/cohorts/build?rule=${'('.repeat(3000)}`, `/cohorts/build?rule=${'age+%3E+1+and+'.repeat(200)}age+%3E+1`,
    "/cohorts/build?rule=age+%3E+1';drop+table+cohort;--", '/cohorts/build?do=remove&at=9.9.9&rule=age+%3E+1', '/cohorts/build?whom=nobody&of=x&version=-1',
    '/cohorts/condition?field=age&test=at_least&value=1+or+true', '/cohorts/condition?field=locality&test=one_of&value=%27+or+1=1', '/cohorts/condition?field=sex&test=nonsense',
  ]) {
    const answer = await page.goto(at(path))
    assert.ok([200, 400].includes(answer.status()), `${path.slice(0, 80)}: ${answer.status()}`)
    assert.deepEqual(await checks.frame(page), [], path.slice(0, 80))
  }
  for (const path of ['/cohorts/999999', '/cohorts/x', '/cohorts/compare?a=999999&b=1']) {
    assert.ok([200, 404].includes((await page.goto(at(path))).status()), path)
  }
  await page.goto(at('/cohorts/build?rule=age+%3E+60'))
  await page.locator('#name').fill('x'.repeat(5000))
  await press(page, 'Save cohort')
  assert.match(await main(page), /The name has 5000 characters. Use at most 200/)
}))

test('two tabs change the same cohort: the second is told', () => as('analyst', async page => {
  const path = await save(page, 'age >= 40', `Two tabs ${run}`)
  const other = await page.context().newPage()
  for (const tab of [page, other]) {
    await tab.goto(at(path))
    await tab.getByRole('button', { name: 'Change who is in it' }).click()
    await add(tab, 'lives_alone', async () => {})
  }
  await press(page, 'Save the change')
  assert.match(await main(page), /The cohort has been saved/)
  await press(other, 'Save the change')
  assert.match(await main(other), /has been changed or deleted since you opened it/)
}))

test('a cohort is renamed, copied, deleted and brought back', () => as('analyst', async page => {
  const path = await save(page, 'age >= 45', `Kept ${run}`)
  await page.locator('details:has(form[action$=rename])').evaluate(details => { details.open = true })
  const form = page.locator('form[action$=rename]')
  await form.locator('[name=name]').fill(`Renamed ${run}`)
  await form.getByRole('button').click()
  assert.match(await main(page), new RegExp(`Renamed ${run}`))
  await press(page, 'Make a copy')
  assert.match(await main(page), new RegExp(`Renamed ${run} \\(copy\\)`))
  await page.goto(at(path))
  await press(page, 'Delete this cohort')
  assert.match(await main(page), /has been deleted/)
  await press(page, 'Undo: bring it back')
  assert.equal(new URL(page.url()).pathname, path)
  await page.goto(at('/cohorts'))
  assert.equal(await page.getByRole('link', { name: `Renamed ${run}`, exact: true }).count(), 1)
}))

test('two cohorts side by side: whom they share and how they differ', () => as('analyst', async page => {
  const first = await save(page, 'age >= 75', `Seventy-five ${run}`)
  const second = await save(page, "sex = 'female'", `Women ${run}`)
  const [a, b] = [first, second].map(path => path.split('/').pop())
  await page.goto(at('/cohorts'))
  await page.locator('#a').selectOption(a)
  await page.locator('#b').selectOption(b)
  await press(page, 'Compare')
  const text = await main(page)
  assert.match(text, /In both [\d,]+5|In both [\d,]+0/)
  assert.match(text, /Difference in percentage points \(95% interval\)/)
  assert.match(text, /Standardised difference/)
}))

test('a list of people leaves for a typed reason only, after it is in the audit', () => as('analyst', async page => {
  const path = await save(page, 'age >= 80', `Listed ${run}`)
  const way = page.locator('form[action$="people.csv"]')
  await way.locator('[name=reason]').fill('no')
  await way.getByRole('button').click()
  assert.match(await main(page), /The list has not been made.*Say why you need the list/)
  await page.goto(at(path))
  await way.locator('[name=reason]').fill('Letters to offer the falls clinic')
  const [download] = await Promise.all([page.waitForEvent('download'), way.getByRole('button').click()])
  const file = readFileSync(await download.path())
  const lines = file.toString('utf8').trimEnd().split('\n')
  assert.equal(lines[0], 'person_id')
  assert.ok(lines.length > 8 && lines.slice(1).every(line => /^\d+$/.test(line)), 'pseudonyms and nothing else')
  await page.goto(at(path))
  const text = await main(page)
  assert.match(text, /Exported a cohort Letters to offer the falls clinic Allowed/)
  assert.match(text, /Say why you need the list.* Refused/)
  if (process.env.VANGUARD_DB) {
    const program = 'import sqlite3,sys\nprint(sqlite3.connect("file:"+sys.argv[1]+"?mode=ro",uri=True).execute("SELECT detail FROM audit WHERE action=\'export_cohort\' AND outcome=\'allowed\' ORDER BY sequence DESC").fetchone()[0])'
    const detail = execFileSync(process.env.VANGUARD_PYTHON ?? 'python3', ['-c', program, process.env.VANGUARD_DB], { encoding: 'utf8' })
    assert.ok(detail.includes(`sha256=${createHash('sha256').update(file).digest('hex')} reason=Letters`), detail)
  }
}))

test('a GP may not build, and gets the names of own patients only', () => as('gp', async page => {
  assert.equal((await page.goto(at('/cohorts/build'))).status(), 403)
  assert.deepEqual(await checks.frame(page), [])
  await page.goto(at('/cohorts'))
  await page.getByRole('link', { name: `Listed ${run}` }).click()
  const way = page.locator('form[action$="people.csv"]')
  await way.locator('[name=reason]').fill('Calling them for a flu vaccination')
  const [download] = await Promise.all([page.waitForEvent('download'), way.getByRole('button').click()])
  const lines = readFileSync(await download.path()).toString('utf8').trimEnd().split('\n')
  assert.match(lines[0], /^person_id,nhs_number,family_name,given_name/)
  assert.ok(lines.length >= 2)
  const id = lines[1].split(',')[0]
  assert.equal((await page.goto(at(`/person/${id}`))).status(), 200, 'a person of the list is a patient of this GP')
  assert.match(await main(page), /Exported in a cohort/)
}))

test('the pages are accessible, on a telephone too', async () => {
  const page = await pageAs(browser, base, 'analyst')
  const rule = encodeURIComponent("age >= 65 and (lives_alone or care_home) and sex = 'female'")
  for (const path of [`/cohorts/build?rule=${rule}`, '/cohorts/build?rule=agee', '/cohorts/condition?how=add&field=practice', '/cohorts/condition?how=add&field=age&test=between&value=3', '/cohorts']) {
    for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(viewport)
      await page.goto(at(path))
      assert.deepEqual([...await checks.frame(page), ...await checks.accessibility(page), ...await checks.fits(page)], [], `${path} at ${viewport.width}`)
    }
  }
  assert.deepEqual(page.troubles, [])
  await page.context().close()
})
