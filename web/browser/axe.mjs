// Opens pages in Chromium and says what is wrong with them.
//
//   node web/browser/axe.mjs < visits.json > results.json
//
// It reads one JSON object from standard input:
//
//   {
//     "chromium": "/usr/bin/chromium",      // default: $TEST_CHROMIUM, then /usr/bin/chromium
//     "screenshots": "test-output/axe",     // folder for pictures; default test-output/axe
//     "visits": [{
//       "name": "home-narrow",              // names the picture; letters, digits, hyphens
//       "url": "http://north.localhost:8081/",
//       "width": 320, "height": 800,        // default 1280 by 900
//       "javascript": true,                 // default true; false also leaves out axe
//       "cookies": [{"name": "session", "value": "…"}]
//     }]
//   }
//
// and writes one JSON array, a result for each visit in the same order:
//
//   name, url, status     status is that of the page, 0 when it did not load
//   title, headings       headings is the number of h1 elements
//   violations            axe-core's for WCAG 2.0, 2.1 and 2.2, levels A and AA:
//                         [{id, impact, help, nodes: [{target, html, summary}]}];
//                         null when the visit had no JavaScript
//   incomplete            what axe could not decide, same shape
//   overflow              CSS pixels by which the page is wider than the window
//   console               errors of the page, among them refusals by its Content-Security-Policy
//   foreign               addresses on other hosts that the page asked for; nothing is sent there
//   screenshot            path of the picture
//   error                 why the visit failed, when it did
//
// The page is tested as served: axe is put in through the debugger, which the
// page's Content-Security-Policy does not bind. The exit status is 0 whenever
// results were written; judging them is the caller's part.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const flags = [
  '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
  // A node answers on loopback, whatever a machine's resolver makes of *.localhost.
  '--host-resolver-rules=MAP *.localhost 127.0.0.1'
]
if (process.getuid?.() === 0) flags.push('--no-sandbox')

const short = (found) => found.map(({ id, impact, help, nodes }) => ({
  id,
  impact,
  help,
  nodes: nodes.map((n) => ({ target: n.target.join(' '), html: n.html, summary: n.failureSummary }))
}))

async function evaluate (debug, expression) {
  const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
    expression, awaitPromise: true, returnByValue: true
  })
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value
}

async function runAxe (debug) {
  await evaluate(debug, axeSource + ';undefined')
  const options = JSON.stringify({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations', 'incomplete'] })
  const found = JSON.parse(await evaluate(debug, `axe.run(document, ${options}).then(JSON.stringify)`))
  return { violations: short(found.violations), incomplete: short(found.incomplete) }
}

// Width comes from the layout engine, so that it can be had without JavaScript.
async function overflow (debug) {
  const { cssLayoutViewport, cssContentSize } = await debug.send('Page.getLayoutMetrics')
  return Math.max(0, cssContentSize.width - cssLayoutViewport.clientWidth)
}

async function visit (browser, folder, v) {
  const result = { name: v.name, url: v.url, status: 0, violations: null, incomplete: [], console: [], foreign: [] }
  const context = await browser.newContext({
    viewport: { width: v.width ?? 1280, height: v.height ?? 900 },
    javaScriptEnabled: v.javascript !== false,
    reducedMotion: 'reduce'
  })
  try {
    const host = new URL(v.url).host
    await context.route((url) => url.host !== host && url.protocol.startsWith('http'), (route) => {
      result.foreign.push(route.request().url())
      return route.abort()
    })
    await context.addCookies((v.cookies ?? []).map((c) => ({ ...c, url: v.url })))
    const page = await context.newPage()
    page.on('console', (m) => { if (m.type() === 'error') result.console.push(m.text()) })
    page.on('pageerror', (e) => result.console.push(String(e)))
    const answer = await page.goto(v.url, { waitUntil: 'load', timeout: 15_000 })
    result.status = answer?.status() ?? 0
    const debug = await context.newCDPSession(page)
    result.title = await page.title()
    result.headings = await page.locator('h1').count()
    result.overflow = await overflow(debug)
    result.screenshot = join(folder, `${v.name.replace(/[^A-Za-z0-9-]/g, '-')}.png`)
    await page.screenshot({ path: result.screenshot, fullPage: true })
    if (v.javascript !== false) Object.assign(result, await runAxe(debug))
  } catch (e) {
    result.error = String(e)
  } finally {
    await context.close()
  }
  return result
}

const input = JSON.parse(readFileSync(0, 'utf8'))
const folder = input.screenshots ?? 'test-output/axe'
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: input.chromium ?? process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: flags
})
const results = []
for (const v of input.visits) results.push(await visit(browser, folder, v))
await browser.close()
process.stdout.write(JSON.stringify(results, null, 2) + '\n')
