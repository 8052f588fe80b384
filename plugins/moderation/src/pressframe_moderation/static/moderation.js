// Keys for who moderates many comments, and choosing all at once. Without this file everything works by links and buttons.
'use strict'
{
  const part = name => document.querySelector(`[data-keys="${name}"]`)
  const comments = [...document.querySelectorAll('[data-comment]')]
  const picks = [...document.querySelectorAll('#queue input[type=checkbox]')]
  const [help, say, dialog, toggle] = ['help', 'say', 'dialog', 'switch'].map(part)
  const SWITCH = 'moderation-keys', PLACE = 'moderation-place'

  // Storage may be shut: then nothing is remembered.
  const remember = (store, name, value) => { try { store.setItem(name, value) } catch { /* see above */ } }
  const recall = (store, name) => { try { return store.getItem(name) } catch { return null } }
  let isOn = recall(localStorage, SWITCH) !== 'off'

  const tell = text => {
    say.textContent = ''
    setTimeout(() => { say.textContent = text }, 100)  // what changes before a page is known to them is not read
  }

  // ------------------------------------------------------------------------------------------- going through the list
  const here = () => comments.findIndex(one => one.contains(document.activeElement))
  const go = (index, before = '') => {
    const one = comments[Math.max(0, Math.min(index, comments.length - 1))]
    if (!one) return tell(say.dataset.nothing)
    one.focus()
    one.scrollIntoView({block: 'nearest'})
    const place = say.dataset.here.replace('#1', comments.indexOf(one) + 1).replace('#2', comments.length)
    tell(`${before} ${place}`.trim())
  }
  const current = () => comments[here()] ?? (comments.length === 1 ? comments[0] : null)
  const press = element => element ? element.click() : tell(say.dataset.nothing)
  const act = name => press(current()?.querySelector(`[data-act="${name}"]`))
  const forAll = name => press(picks.some(pick => pick.checked) ? document.querySelector(`[data-bulk="${name}"]`) : null)

  const turn = where => {
    const link = document.querySelector(`[data-page="${where}"]`)
    if (link) remember(sessionStorage, PLACE, JSON.stringify([link.href, 0]))
    press(link)
  }

  // Whoever decides, by key, finger or mouse, goes on where they were: there is the next one then.
  const keepPlace = event => {
    const decided = comments.findIndex(one => one.contains(event.submitter ?? event.target))
    const index = Math.max(decided < 0 ? here() : decided, 0)
    remember(sessionStorage, PLACE, JSON.stringify([location.href, index]))
  }
  document.getElementById('queue')?.addEventListener('submit', keepPlace)
  document.querySelector('.flash form')?.addEventListener('submit', keepPlace)

  // ------------------------------------------------------------------------------------------------------- choosing
  const all = document.querySelector('.choosing .all'), chosen = document.querySelector('.chosen')
  const count = () => {
    const number = picks.filter(pick => pick.checked).length
    chosen.textContent = !number ? '' : number === 1 ? chosen.dataset.one : chosen.dataset.many.replace('#', number)
    chosen.closest('.bulk').classList.toggle('stuck', number > 0)
  }
  if (all && chosen) {
    all.addEventListener('click', event => {
      event.preventDefault()
      const wants = picks.some(pick => !pick.checked)
      for (const pick of picks) pick.checked = wants
      count()
    })
    for (const pick of picks) pick.addEventListener('change', count)
    count()
  }
  const choose = () => {
    const pick = current()?.querySelector('input[type=checkbox]')
    if (!pick) return tell(say.dataset.nothing)
    pick.checked = !pick.checked
    count()
    tell(pick.checked ? say.dataset.chosen : say.dataset.unchosen)
  }

  // ----------------------------------------------------------------------------------------------------------- keys
  const search = () => {
    const field = document.getElementById('q')
    if (field) { field.focus(); field.select() } else tell(say.dataset.nothing)
  }
  const KEYS = {
    'j': () => go(here() + 1), 'k': () => go(here() < 0 ? 0 : here() - 1), 'x': choose, '/': search,
    'a': () => act('approve'), 'h': () => act('hold'), 's': () => act('spam'), 'd': () => act('trash'),
    'n': () => turn('next'), 'p': () => turn('first'), 'r': () => act('reply'), 'e': () => act('edit'), 'u': () => press(document.querySelector('.flash button')),
    'A': () => forAll('approve'), 'H': () => forAll('hold'), 'S': () => forAll('spam'), 'D': () => forAll('trash'),
  }
  const isTyping = element => element.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]')

  // Told to assistive technology on each button, as long as they work.
  const announce = () => {
    for (const one of document.querySelectorAll('[data-key]')) {
      if (isOn) one.setAttribute('aria-keyshortcuts', one.dataset.key)
      else one.removeAttribute('aria-keyshortcuts')
    }
  }

  if (dialog && dialog.showModal) {
    announce()
    help.parentElement.hidden = false
    help.addEventListener('click', () => dialog.showModal())
    toggle.checked = isOn
    toggle.addEventListener('change', () => {
      isOn = toggle.checked
      remember(localStorage, SWITCH, isOn ? 'on' : 'off')
      announce()
      tell(isOn ? say.dataset.on : say.dataset.off)
    })
    document.addEventListener('keydown', event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open || isTyping(event.target)) return
      if (!isOn) return
      const does = event.key === '?' ? () => dialog.showModal() : KEYS[event.key]
      if (!does || event.repeat && !'jk'.includes(event.key)) return
      event.preventDefault()
      does()
    })
  }

  // What was done is said before where they are now; with nowhere to go on, it has the focus.
  try {
    const [address, index] = JSON.parse(recall(sessionStorage, PLACE) ?? '[]')
    sessionStorage.removeItem(PLACE)
    const done = document.querySelector('.flash p')?.textContent ?? ''
    if (address && address.split('#')[0] === location.href.split('#')[0] && comments.length) go(index, done)
  } catch { /* what was remembered was no place */ }
}
