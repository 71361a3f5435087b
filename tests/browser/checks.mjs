// What every page must be. Each check takes an open page and gives back a list of breaches as sentences; an empty list is
// a pass. `self.test.mjs` shows each of them a page that must fail.
import { axeSource } from './browser.mjs'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/// How many stops of the Tab key are followed on one page.
const STOPS = 250
const CONTROLS = 'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select:not([disabled]), ' +
  'textarea:not([disabled]), summary, [tabindex]:not([tabindex="-1"])'

/// Breaches of the accessibility rules, as axe-core finds them.
export async function accessibility (page) {
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async values => {
    const result = await globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] })
    return result.violations.map(({ id, help, nodes }) => ({ id, help, count: nodes.length, first: nodes[0].html.slice(0, 200) }))
  }, TAGS)
  return violations.map(({ id, help, count, first }) => `axe ${id}: ${help} (${count} times, first: ${first})`)
}

/// Language, title, one main heading, a main part.
export async function frame (page) {
  const seen = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll('h1')].map(h1 => h1.textContent.trim()),
    mains: document.querySelectorAll('main').length,
  }))
  const breaches = []
  if (!/^en(-GB)?$/.test(seen.lang)) breaches.push(`the language is "${seen.lang}", not English`)
  if (!/\S - Vanguard$/.test(seen.title)) breaches.push(`the title "${seen.title}" does not end "- Vanguard"`)
  if (seen.headings.length !== 1 || seen.headings[0] === '') breaches.push(`there are ${seen.headings.length} main headings: ${seen.headings.join(' | ')}`)
  if (seen.mains !== 1) breaches.push(`there are ${seen.mains} main parts`)
  return breaches
}

/// Waits until the page has been still for a moment: the header folds its menu once the page is there or the window changes.
/// At most 5 seconds, so that a page that never rests is judged as it is.
async function settled (page) {
  await page.evaluate(() => new Promise(resolve => {
    let quiet
    const done = () => { watch.disconnect(); clearTimeout(quiet); clearTimeout(limit); resolve() }
    const again = () => { clearTimeout(quiet); quiet = setTimeout(done, 150) }
    const watch = new MutationObserver(again)
    const limit = setTimeout(done, 5000)
    watch.observe(document.documentElement, { attributes: true, childList: true, subtree: true })
    requestAnimationFrame(() => requestAnimationFrame(again))
  }))
}

/// Tab reaches the skip link first, then every control, and whatever has the focus looks different for it. A page that has
/// just been loaded. Only a summary of errors may take the focus by itself, as NHS pages do: it is put back to the top here.
export async function keyboard (page) {
  const breaches = []
  await settled(page)
  const taken = await page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    // The next Tab goes on from where the focus was last, even after that element has gone.
    const top = Object.assign(document.createElement('span'), { tabIndex: -1 })
    document.body.prepend(top)
    top.focus()
    top.remove()
    return element.closest('[role="alert"]') || element.querySelector(':scope > [role="alert"]') ? null : element.outerHTML.slice(0, 160)
  })
  if (taken) breaches.push(`the page takes the focus by itself: ${taken}`)
  const wanted = await page.evaluate(selector => {
    const visible = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    const stops = [...document.querySelectorAll(selector)].filter(visible).filter(element => {
      if (element.type !== 'radio') return true
      // Tab stops once at a group of radios: at the chosen one, or at the first where none is.
      const group = [...document.getElementsByName(element.name)]
      return element === (group.find(radio => radio.checked) ?? group[0])
    })
    stops.forEach((element, index) => { element.__stop = index })
    // How an element looks, as far as a focus style may change it; its label and its frame may carry the style too.
    globalThis.__looks = element => [element, element.parentElement, element.nextElementSibling, element.labels?.[0]]
      .filter(Boolean)
      .flatMap(each => ['', '::before', '::after'].map(part => {
        const style = getComputedStyle(each, part || null)
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor, style.color,
          style.borderColor, style.borderWidth, style.textDecorationLine, style.position, style.clip, style.width].join()
      })).join(';')
    stops.forEach(element => { element.__before = globalThis.__looks(element) })
    return stops.length
  }, CONTROLS)
  const reached = new Set()
  for (let stop = 0; stop < Math.min(wanted, STOPS) + 20; stop++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return null
      return {
        stop: element.__stop,
        html: element.outerHTML.slice(0, 160),
        text: element.textContent.trim(),
        href: element.getAttribute('href') ?? '',
        target: element.getAttribute('href')?.startsWith('#') ? Boolean(document.getElementById(element.getAttribute('href').slice(1))) : false,
        same: element.__before !== undefined && element.__before === globalThis.__looks(element),
      }
    })
    if (at === null) break
    if (stop === 0) {
      if (!/^skip to main content$/i.test(at.text)) breaches.push(`the first stop of the Tab key is not the skip link: ${at.html}`)
      else if (!at.target) breaches.push(`the skip link leads nowhere: ${at.href}`)
    }
    if (at.stop !== undefined) {
      if (reached.has(at.stop)) break
      reached.add(at.stop)
      if (at.same) breaches.push(`the focus cannot be seen on ${at.html}`)
    }
  }
  if (wanted === 0) breaches.push('there is no control at all, not even a skip link')
  if (reached.size < Math.min(wanted, STOPS)) {
    const missed = await page.evaluate(([selector, reached]) => [...document.querySelectorAll(selector)]
      .filter(element => element.__stop !== undefined && !reached.includes(element.__stop))
      .map(element => element.outerHTML.slice(0, 120)).slice(0, 3), [CONTROLS, [...reached]])
    breaches.push(`the Tab key reaches ${reached.size} of ${wanted} controls; not ${missed.join(' nor ')}`)
  }
  return breaches
}

/// The page is no wider than the window: nobody scrolls sideways to read.
export async function fits (page) {
  await settled(page)
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth, window: document.documentElement.clientWidth,
  }))
  return content > window + 1 ? [`the page is ${content} pixels wide in a window of ${window}`] : []
}

/// The words of the main part, without figures (a person's page counts its own readers).
export async function words (page) {
  const text = await page.evaluate(() => {
    const main = document.querySelector('main')?.cloneNode(true)
    if (!main) return ''
    main.querySelectorAll('script, noscript, style').forEach(element => element.remove())
    const texts = document.createNodeIterator(main, NodeFilter.SHOW_TEXT)
    const pieces = []
    for (let node = texts.nextNode(); node; node = texts.nextNode()) pieces.push(node.data)
    return pieces.join(' ')
  })
  return new Set(text.split(/[\s,.;:()]+/).filter(word => word && !/\d/.test(word)))
}

/// What the page says with scripts that it does not say without: nothing.
export async function sameWithoutScripts (page, bare) {
  const [withScripts, without] = [await words(page), await words(bare)]
  const lost = [...withScripts].filter(word => !without.has(word))
  return lost.length > 0 ? [`without JavaScript the page does not say: ${lost.slice(0, 10).join(' ')}`] : []
}
