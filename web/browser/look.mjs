// What the tests measure inside a page. Each function is sent to the page by
// itself, so none may use anything outside of it.

// structure is what a screen reader announces first.
export function structure () {
  const all = (selector) => [...document.querySelectorAll(selector)]
  return {
    title: document.title,
    headings: all('h1, h2, h3, h4, h5, h6').map((h) => Number(h.tagName[1])),
    missing: ['body > header', 'main', 'body > footer', 'nav'].filter((s) => all(s).length === 0),
    first: document.body.querySelector('a, button, input')?.getAttribute('href') ?? '',
    language: document.documentElement.lang
  }
}

// clipped finds text that its box cuts off.
export function clipped () {
  const found = []
  const hidden = '[class*="visually-hidden"], .govuk-skip-link, .app-scroll, svg, select, textarea, input'
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest(hidden) || e.clientWidth === 0) continue
    const style = getComputedStyle(e)
    if (style.overflowX === 'visible' && style.overflowY === 'visible') continue
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) {
      found.push(`text is cut off: ${e.outerHTML.slice(0, 160)}`)
    }
  }
  return found
}

// smallTargets finds what is smaller than 24 by 24 pixels, is not a link in a
// sentence, and has another target within that distance (WCAG 2.5.8).
export function smallTargets () {
  const boxes = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((e) => e.checkVisibility() && !e.matches('.govuk-skip-link'))
    .map((e) => ({ e, r: e.getBoundingClientRect() }))
    .filter(({ r }) => r.width > 1)
  const middle = (r) => ({ x: r.x + r.width / 2, y: r.y + r.height / 2 })
  const away = (p, r) => Math.hypot(Math.max(r.left - p.x, 0, p.x - r.right), Math.max(r.top - p.y, 0, p.y - r.bottom))
  const inSentence = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline' &&
    [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim().length > 1)
  const found = []
  for (const { e, r } of boxes) {
    if ((r.width >= 24 && r.height >= 24) || inSentence(e)) continue
    const near = boxes.find((o) => o.e !== e && away(middle(r), o.r) < 12)
    if (near) {
      found.push(`a target of ${Math.round(r.width)} by ${Math.round(r.height)} is too near another: ` +
        `${e.outerHTML.slice(0, 120)} and ${near.e.outerHTML.slice(0, 120)}`)
    }
  }
  return found
}

// focused names what has the keyboard, and says whether one can see that it has:
// it is marked, within the window, and nothing lies over it.
export function focused () {
  const e = document.activeElement
  if (!e || e === document.body) return null
  const label = e.labels?.[0]
  const name = (e.getAttribute('aria-label') ?? label?.innerText ?? e.innerText ?? '').trim().replace(/\s+/g, ' ')
  const painted = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none'
  const choice = e.type === 'radio' || e.type === 'checkbox'
  const r = e.getBoundingClientRect()
  // What is taller than the window is looked at where it begins.
  const top = document.elementFromPoint(r.x + Math.min(r.width / 2, 100), Math.max(r.y, 0) + Math.min(r.height / 2, 10))
  return {
    tag: e.tagName.toLowerCase(),
    name,
    id: e.id,
    marked: painted(choice ? getComputedStyle(label, '::before') : getComputedStyle(e)),
    inside: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
    covered: !(top && (e.contains(top) || top.contains(e) || label?.contains(top)))
  }
}

// hidden finds links and fields that cannot be reached: without scripts nothing
// waits to be unfolded but what details hold.
export function hidden () {
  return [...document.querySelectorAll('a[href], input:not([type=hidden]), select, textarea')]
    .filter((e) => !e.closest('details') && !e.checkVisibility())
    .map((e) => `cannot be seen: ${e.outerHTML.slice(0, 120)}`)
}
