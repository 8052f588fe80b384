// Shows how a sending goes on without reloading its page, so that focus and place stay. Without this file a link does it.
'use strict'
{
  const PAUSE = 3000
  const say = document.querySelector('[data-say]')
  const parts = [...document.querySelectorAll('[data-fresh]')]

  // Puts in place what is new of a part; true where that has to wait, as no button becomes another one under a finger.
  const renew = (part, fresh) => {
    if (!fresh || fresh.innerHTML === part.innerHTML) return false
    if (part.querySelector('button') && part.matches(':hover, :focus-within')) return true
    if (say && fresh.dataset.fresh && fresh.dataset.fresh !== part.dataset.fresh) say.textContent = fresh.dataset.fresh
    part.dataset.fresh = fresh.dataset.fresh
    part.replaceChildren(...fresh.childNodes)
    return false
  }

  const look = async () => {
    let isMoving = true  // where the server cannot be reached for a moment, it is asked again
    try {
      const answer = await fetch(location.pathname + location.search)
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        const waits = parts.filter(part => renew(part, page.getElementById(part.id)))
        isMoving = waits.length > 0 || page.querySelector('[data-moving]') !== null
      } else isMoving = answer.status >= 500
    } catch { /* see above */ }
    if (isMoving) setTimeout(look, PAUSE)
  }
  setTimeout(look, PAUSE)
}
