// The only script on our pages. Each page works without it; it adds what the
// Design System's components do when they can.
import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  ServiceNavigation,
  SkipLink,
  createAll
} from 'govuk-frontend'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(Button, { preventDoubleClick: true })
for (const component of [CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, ServiceNavigation, SkipLink]) {
  createAll(component)
}

// page asks for a page of ours without leaving this one. Its answer is a document.
function page (method, url, body, watch) {
  return new Promise((resolve, reject) => {
    const r = new XMLHttpRequest()
    r.open(method, url)
    r.responseType = 'document'
    r.addEventListener('load', () => resolve(r))
    r.addEventListener('error', reject)
    if (watch) r.upload.addEventListener('progress', watch)
    r.send(body)
  })
}

// A form that sends a file says how far it is.
for (const form of document.querySelectorAll('[data-module="app-send-file"]')) sendFile(form)

function sendFile (form) {
  const said = document.createElement('p')
  said.className = 'govuk-body'
  said.setAttribute('role', 'status')
  const bar = document.createElement('progress')
  bar.className = 'app-progress'
  bar.max = 100
  bar.setAttribute('aria-label', 'How much of the file has been sent')
  bar.hidden = true
  form.append(bar, said)
  let sending = false
  form.addEventListener('submit', async (event) => {
    const file = form.elements.file.files[0]
    if (!file || sending && !event.preventDefault()) return
    event.preventDefault()
    if (file.size > Number(form.dataset.most)) {
      said.textContent = `The selected file must be smaller than ${Math.floor(form.dataset.most / 1048576)} MB`
      return
    }
    sending = true
    bar.hidden = false
    let told = 0
    try {
      const answer = await page('POST', form.action, new FormData(form), (e) => {
        const percent = e.lengthComputable ? Math.floor(100 * e.loaded / e.total) : 0
        bar.value = percent
        if (percent < told) return
        said.textContent = percent < 100 ? `Sending the file: ${percent}%` : 'The file has been sent. We are looking at it.'
        told = percent + 20
      })
      arrive(form, answer)
    } catch {
      said.textContent = 'We could not send the file. Check your connection and try again.'
    }
    sending = false
    bar.hidden = true
  })
}

// arrive goes where an answer leads, or shows what it says here.
function arrive (form, answer) {
  if (answer.status === 200 && answer.responseURL !== form.action) {
    window.location.assign(answer.responseURL)
    return
  }
  const main = answer.response && answer.response.querySelector('main')
  if (!main) throw new Error('no page')
  document.title = answer.response.title
  document.querySelector('main').replaceWith(main)
  for (const component of [Button, ErrorSummary]) createAll(component)
  for (const again of document.querySelectorAll('[data-module="app-send-file"]')) sendFile(again)
}

// A page that waits for something looks whether it is there.
const lookEvery = 2000 // milliseconds
for (const waits of document.querySelectorAll('[data-module="app-waiting"]')) {
  waits.textContent = 'This page moves on by itself when we have finished.'
  const look = async () => {
    try {
      const { status, response } = await page('GET', window.location.href)
      if (status === 200 && response && !response.querySelector('[data-module="app-waiting"]')) {
        waits.textContent = 'We have finished.'
        window.location.reload()
        return
      }
    } catch {} // no connection for a moment
    setTimeout(look, lookEvery)
  }
  setTimeout(look, lookEvery)
}
