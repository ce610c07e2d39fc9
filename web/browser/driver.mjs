// Drives Chromium for the tests of this folder, as a person would.
//
// It reads one JSON object a line from standard input, {"do": …, "window": …},
// does that, and answers with one line: {"value": …, "complaints": […]} or
// {"error": "why not"}. Each window is somebody's browser, with cookies of its
// own. Complaints are what no page of ours may cause: errors in the console,
// among them refusals by the Content-Security-Policy, and requests to other hosts.
//
// Nothing but *.localhost and 127.0.0.1 is reached, whatever a page asks for.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { clipped, focused, hidden, smallTargets, structure } from './look.mjs'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const patience = 15_000 // milliseconds

const flags = [
  '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--force-color-profile=srgb',
  '--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'
]
if (process.getuid?.() === 0) flags.push('--no-sandbox')

const browser = await chromium.launch({ executablePath: process.env.TEST_CHROMIUM, args: flags })
const windows = new Map()

// listen collects what a window complains about.
function listen (w) {
  w.page.on('console', (m) => {
    if (m.type() !== 'error') return
    // A page that says "not found" is told so by its status, which is what a test looks at.
    if (m.text().startsWith('Failed to load resource') && m.location().url === w.page.url()) return
    w.complaints.push(`console of ${w.page.url()}: ${m.text()} (${m.location().url})`)
  })
  w.page.on('pageerror', (e) => w.complaints.push(`script of ${w.page.url()}: ${e}`))
  w.page.on('request', (r) => {
    if (r.isNavigationRequest() || !r.url().startsWith('http')) return
    const from = r.headers().referer
    if (from && new URL(r.url()).host !== new URL(from).host) w.complaints.push(`${from} asks for ${r.url()}`)
  })
  w.page.on('requestfailed', (r) => {
    if (r.failure()?.errorText === 'net::ERR_NAME_NOT_RESOLVED') w.complaints.push(`${w.page.url()} asks for ${r.url()}`)
  })
  w.page.on('response', (r) => { if (r.request().isNavigationRequest()) w.status = r.status() })
}

// arrive does what leads to another page and waits until that is there.
async function arrive (w, act) {
  const there = w.page.waitForNavigation({ waitUntil: 'load', timeout: patience })
  there.catch(() => {}) // act fails first, and says why
  await act()
  await there
  return { status: w.status, url: w.page.url() }
}

// exactly finds a name as a whole; one that ends in … by how it begins.
function exactly (name) {
  if (!name.endsWith('…')) return { name, exact: true }
  return { name: new RegExp('^' + name.slice(0, -1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) }
}

async function debug (w) {
  w.debug ??= await w.context.newCDPSession(w.page)
  return w.debug
}

// axe is put in through the debugger, which a page's policy does not bind.
async function axe (w) {
  const to = await debug(w)
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await to.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  if (!await evaluate('"axe" in window')) await evaluate(axeSource + ';undefined')
  const options = { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] }
  const found = JSON.parse(await evaluate(`axe.run(document, ${JSON.stringify(options)}).then((r) => JSON.stringify(r.violations))`))
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.html.slice(0, 200)}: ${n.failureSummary.replace(/\s+/g, ' ')}`))
}

// Widths come from the layout engine, so that they can be had without JavaScript.
async function overflow (w) {
  const { cssLayoutViewport, cssContentSize } = await (await debug(w)).send('Page.getLayoutMetrics')
  const wider = cssContentSize.width - cssLayoutViewport.clientWidth
  return wider > 0 ? [`the page is ${wider}px wider than the window`] : []
}

// spaced tries the text spacing of WCAG 1.4.12.
async function spaced (w) {
  await w.page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }')
    document.adoptedStyleSheets = [sheet]
  })
  const found = [...await overflow(w), ...await w.page.evaluate(clipped)]
  await w.page.evaluate(() => { document.adoptedStyleSheets = [] })
  return found.map((words) => `with wide text spacing: ${words}`)
}

const commands = {
  async window (w, { window: name, javascript, width, height }) {
    const context = await browser.newContext({
      viewport: { width, height }, javaScriptEnabled: javascript, reducedMotion: 'reduce', locale: 'en-GB'
    })
    const page = await context.newPage()
    page.setDefaultTimeout(patience)
    const opened = { context, page, complaints: [], status: 0 }
    listen(opened)
    windows.set(name, opened)
  },
  async close (w, { window: name }) { windows.delete(name); await w.context.close() },
  open: (w, { url }) => arrive(w, () => w.page.goto(url)),
  reload: (w) => arrive(w, () => w.page.reload()),
  press: (w, { name }) => arrive(w, () => w.page.getByRole('button', exactly(name)).first().click()),
  follow: (w, { name }) => arrive(w, () => w.page.getByRole('link', exactly(name)).first().click()),
  fill: (w, { name, text }) => w.page.getByLabel(name, { exact: true }).fill(text),
  // click presses a button that leads to no other page.
  click: (w, { name }) => w.page.getByRole('button', exactly(name)).first().click(),
  await: (w, { text }) => w.page.getByText(text).first().waitFor(),
  // download follows a link to a file and keeps what comes.
  async download (w, { name, path }) {
    const coming = w.page.waitForEvent('download')
    coming.catch(() => {}) // the click fails first, and says why
    await w.page.getByRole('button', exactly(name)).first().click()
    await (await coming).saveAs(path)
  },
  attach: (w, { name, path }) => w.page.getByLabel(name, { exact: true }).setInputFiles(path),
  pick: (w, { name, text }) => w.page.getByLabel(name, { exact: true }).selectOption({ label: text }),
  choose: (w, { name }) => w.page.getByLabel(name, { exact: true }).check(),
  value: (w, { name }) => w.page.getByLabel(name, { exact: true }).inputValue(),
  main: (w) => w.page.evaluate(() => document.querySelector('main').innerText),
  forget: (w, { name }) => w.context.clearCookies({ name }),
  resize: (w, { width, height }) => w.page.setViewportSize({ width, height }),
  media: (w, { media, forced }) => w.page.emulateMedia({ media: media || null, forcedColors: forced ? 'active' : null }),
  async picture (w, { path, whole }) { await w.page.screenshot({ path, fullPage: whole }) },
  structure: (w) => w.page.evaluate(structure),
  async faults (w) {
    return [...await axe(w), ...await overflow(w), ...await w.page.evaluate(smallTargets), ...await spaced(w)]
  },
  axe,
  overflow,
  hidden: (w) => w.page.evaluate(hidden),
  // key presses one key. With "leads" it waits for the page that comes then.
  async key (w, { name, leads }) {
    if (leads) return arrive(w, () => w.page.keyboard.press(name))
    await w.page.keyboard.press(name)
  },
  type: (w, { text }) => w.page.keyboard.insertText(text),
  // focused says what has the keyboard, and whether one can see that.
  focused: (w) => w.page.evaluate(focused),
  // beside shows pictures next to each other.
  async beside (w, { pictures, titles }) {
    const figures = pictures.map((path, i) =>
      `<figure><figcaption>${titles[i]}</figcaption><img src="data:image/png;base64,${readFileSync(path, 'base64')}"></figure>`)
    await w.page.setContent(`<!DOCTYPE html><style>
      body { margin: 0; padding: 16px; background: #d9e2e1; font: 600 15px arial, sans-serif; display: flex; gap: 16px }
      figure { margin: 0; flex: 1; background: #fff; border: 1px solid #5d7a78 }
      figcaption { padding: 7px 12px; background: #eef4f3; border-bottom: 1px solid #5d7a78; color: #06343b }
      img { display: block; width: 100% }</style>${figures.join('')}`)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line)
  const w = windows.get(ask.window)
  const answer = {}
  try {
    answer.value = await commands[ask.do](w, ask)
  } catch (e) {
    answer.error = `${w?.page.url() ?? ''}: ${e.message}`
  }
  if (w) answer.complaints = w.complaints.splice(0)
  process.stdout.write(JSON.stringify(answer) + '\n')
}
await browser.close()
