// Shows how a sending goes on without reloading its page, so that focus and place stay. Without this file a link does it.
'use strict'
{
  const PAUSE = 3000
  const say = document.querySelector('[data-say]')
  const parts = [...document.querySelectorAll('[data-fresh]')]

  const renew = (part, fresh) => {
    if (!fresh || fresh.innerHTML === part.innerHTML) return
    if (part.matches(':hover, :focus-within')) return  // no button becomes another one under somebody's finger
    if (say && fresh.dataset.fresh && fresh.dataset.fresh !== part.dataset.fresh) say.textContent = fresh.dataset.fresh
    part.dataset.fresh = fresh.dataset.fresh
    part.replaceChildren(...fresh.childNodes)
  }

  const look = async () => {
    let isMoving = true  // where the server cannot be reached for a moment, it is asked again
    try {
      const answer = await fetch(location.pathname + location.search)
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
        for (const part of parts) renew(part, page.getElementById(part.id))
        isMoving = page.querySelector('[data-moving]') !== null
      } else isMoving = answer.status >= 500
    } catch { /* see above */ }
    if (isMoving) setTimeout(look, PAUSE)
  }
  setTimeout(look, PAUSE)
}
