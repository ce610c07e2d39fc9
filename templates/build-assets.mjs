// Builds templates/assets from the govuk-frontend package and templates/src.
// `make assets` runs it when something it reads has changed.
//
// What comes out: moothall.css (the Design System without what we may not or do
// not use, then our own rules), govuk-frontend.js, moothall.js, and the pictures
// of templates/src. Each name carries a hash of the bytes, so that browsers may
// keep a file for ever; manifest.json gives the name for each plain name.
//
// We are not GOV.UK: its font, its crown and its pictures stay out.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')
const target = join(here, 'assets')
const kit = join(here, '..', 'node_modules', 'govuk-frontend')

// Components that no page of ours has.
const unused = [
  'accordion', 'cookie-banner', 'date-input', 'exit-this-page', 'feedback', 'header',
  'language-navigation', 'phase-banner', 'tabs', 'task-list'
]

const version = JSON.parse(readFileSync(join(kit, 'package.json'), 'utf8')).version
const holder = 'Copyright (c) 2017 Crown Copyright (Government Digital Service)'
const notice = `/*! govuk-frontend ${version}, MIT License, ${holder} */\n`

// rules splits a style sheet, or the inside of an at-rule, into [prelude, block]
// pairs; block is null for a statement such as @charset.
function rules (css) {
  const out = []
  let start = 0
  let depth = 0
  let open = 0
  let quote = ''
  for (let i = 0; i < css.length; i++) {
    const c = css[i]
    if (quote) {
      if (c === '\\') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") {
      quote = c
    } else if (c === '{') {
      if (depth++ === 0) open = i
    } else if (c === '}') {
      if (--depth === 0) {
        out.push([css.slice(start, open).trim(), css.slice(open + 1, i)])
        start = i + 1
      }
    } else if (c === ';' && depth === 0) {
      out.push([css.slice(start, i).trim(), null])
      start = i + 1
    }
  }
  return out
}

const groups = /^@(media|supports|-moz-document)\b/
// .govuk-header and .govuk-header__logo, but not .govuk-header-other.
const dropped = new RegExp(`\\.govuk-(footer__crown|footer__copyright-logo|(${unused.join('|')})(?![a-z])(?!-(?!-)))`)

// selectors splits a list at its commas, but not inside brackets.
function selectors (list) {
  return list.split(/,(?![^(]*\))/)
}

// slim leaves out unused components, the font, and whatever loads a picture.
function slim (css) {
  let out = ''
  for (const [prelude, block] of rules(css)) {
    if (block === null) continue
    if (groups.test(prelude)) {
      const inside = slim(block)
      if (inside) out += `${prelude}{${inside}}`
      continue
    }
    if (prelude === '@font-face' || block.includes('url(/assets')) continue
    const kept = selectors(prelude).filter((s) => !dropped.test(s))
    if (kept.length > 0) out += `${kept.join(',')}{${block}}`
  }
  return out
}

function designSystem () {
  const css = readFileSync(join(kit, 'dist/govuk/govuk-frontend.min.css'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const out = slim(css).replaceAll('GDS Transport,arial,sans-serif', 'arial,sans-serif')
  for (const word of ['GDS Transport', 'crest', 'crown', 'url(/']) {
    if (out.includes(word)) throw new Error(`the style sheet still has "${word}": a new govuk-frontend needs a look`)
  }
  return out
}

function ours (...extensions) {
  return readdirSync(source).filter((name) => extensions.includes(extname(name))).sort()
}

const manifest = {}

// add writes a file under a name with the hash of what is in it.
function add (plain, bytes) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const extension = extname(plain)
  const name = `${plain.slice(0, -extension.length)}-${hash}${extension}`
  writeFileSync(join(target, name), bytes)
  manifest[plain] = name
  return name
}

function build () {
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(target)) {
    if (name !== '.gitkeep') rmSync(join(target, name), { recursive: true })
  }
  const own = ours('.css').map((name) => readFileSync(join(source, name), 'utf8')).join('\n')
  add('moothall.css', `@charset "UTF-8";${notice}${designSystem()}\n${own}`)

  const script = readFileSync(join(kit, 'dist/govuk/govuk-frontend.min.js'), 'utf8').replace(/\/\/# sourceMappingURL=.*/, '')
  const kitName = add('govuk-frontend.js', notice + script)
  for (const name of ours('.mjs')) {
    const text = readFileSync(join(source, name), 'utf8').replace(/from 'govuk-frontend'/g, `from './${kitName}'`)
    add(name.replace(/\.mjs$/, '.js'), text)
  }
  for (const name of ours('.svg')) add(name, readFileSync(join(source, name)))

  // Both are under the MIT License, so its words are those of our own file.
  const licence = readFileSync(join(here, '..', 'LICENSE'), 'utf8').replace(/^Copyright.*$/m, holder)
  writeFileSync(join(target, 'govuk-frontend.LICENSE.txt'), licence)
  writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n') // last: it says that all is there
}

build()
