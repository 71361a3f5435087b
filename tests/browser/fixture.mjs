// A tiny server with good pages and, under /bad, one page for each thing that a check must find.
import { createServer } from 'node:http'

const STYLE = `body{font:1rem/1.5 sans-serif;margin:1rem;color:#212b32;background:#fff} a,button,input{color:#005eb8;padding:.3rem}
 :focus{outline:4px solid #212b32;background:#ffeb3b} .skip:not(:focus){position:absolute;left:-999px} @media print{nav{display:none}}`

export function page ({ title = 'Home - Vanguard', lang = 'en', skip = true, head = '', main = '<h1>Home</h1>', style = STYLE }) {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="icon" href="data:,"><style>${style}</style>${head}</head><body>
${skip ? '<a class="skip" href="#main">Skip to main content</a>' : ''}
<header><nav aria-label="Menu"><a href="/">Home</a> <a href="/person/1">A person</a></nav></header>
<main id="main">${main}</main></body></html>`
}

const GOOD = {
  '/': page({ main: '<h1>Home</h1><p><a href="/person/2">Another</a> <a href="/person/3">A third</a> <a href="/list?page=2">List</a> <a href="/list.csv">File</a> <a href="/wrong">Wrong</a></p>' }),
  // A summary of errors takes the focus when the page opens.
  '/wrong': page({ title: 'Error: List - Vanguard', head: '<script>addEventListener("DOMContentLoaded", () => document.getElementById("errors").focus())</script>',
    main: '<div id="errors" tabindex="-1" style="outline-offset:2px"><div role="alert"><h2>There is a problem</h2><a href="#q">Type a name</a></div></div><h1>List</h1><form action="/list"><label for="q">Search</label> <input id="q" name="q"> <button>Search</button></form>' }),
  '/list': page({ title: 'List - Vanguard', main: '<h1>List</h1><form action="/list"><label for="q">Search</label> <input id="q" name="q"> <button>Search</button></form>' }),
  '/secret': page({ title: 'Refused - Vanguard', main: '<h1>You may not see this page</h1>' }),
}

export const BAD = {
  '/bad/alt': page({ main: '<h1>Home</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">' }),
  '/bad/contrast': page({ main: '<h1>Home</h1><p style="color:#ccc">Pale</p>' }),
  '/bad/lang': page({ lang: 'fr' }),
  '/bad/title': page({ title: 'Home' }),
  '/bad/headings': page({ main: '<h1>One</h1><h1>Two</h1>' }),
  '/bad/skip': page({ skip: false }),
  '/bad/skip-target': page({}).replace('id="main"', ''),
  '/bad/focus': page({ style: '.skip:not(:focus){position:absolute;left:-999px} a:not(.skip):focus{outline:none}' }),
  '/bad/unreachable': page({ main: '<h1>Home</h1><button id="b">Jump</button><button id="c">Trapped</button>', head: '<script>addEventListener("focusin", e => { if (e.target.id === "c") document.querySelector(".skip").focus() })</script>' })
    .replace('</main>', '<button>Never</button></main>'),
  '/bad/takes-focus': page({ main: '<h1>Home</h1><button id="b">Jump</button>', head: '<script>addEventListener("DOMContentLoaded", () => document.getElementById("b").focus())</script>' }),
  '/bad/wide': page({ main: '<h1>Home</h1><div style="width:3000px">Wide</div>' }),
  '/bad/script-only': page({ main: '<h1>Home</h1><p id="p"></p>', head: '<script>addEventListener("DOMContentLoaded", () => { document.getElementById("p").textContent = "Secretly scripted" })</script>' }),
  '/bad/console': page({ head: '<script>console.error("broken")</script>' }),
  '/bad/throws': page({ head: '<script>throw new Error("thrown")</script>' }),
  '/bad/missing-file': page({ head: '<script src="/absent.js"></script>' }),
  '/bad/other-host': page({ main: '<h1>Home</h1><img alt="" src="http://127.0.0.2:9/x.png">' }),
  '/bad/print': page({ style: `${STYLE} @media print{main{display:none}}` }),
  '/bad/dead-link': page({ main: '<h1>Home</h1><a href="/nowhere">Nowhere</a>' }),
}

/// Serves on a free port of this machine: `{ base, close }`.
export async function serve () {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x')
    const answer = (status, type, body) => { response.writeHead(status, { 'content-type': type }); response.end(body) }
    if (request.method === 'POST' && pathname === '/role') return answer(200, 'text/html', page({}))
    if (pathname === '/list.csv') return answer(200, 'text/csv', 'a,b\n')
    const person = /^\/person\/(\d+)$/.exec(pathname)
    if (person) return answer(200, 'text/html', page({ title: `Person - Vanguard`, main: `<h1>Person ${person[1]}</h1><p><a href="/person/${Number(person[1]) + 1}">Next</a></p>` }))
    if (pathname === '/secret') return answer(403, 'text/html', GOOD[pathname])
    const body = GOOD[pathname] ?? BAD[pathname]
    return body ? answer(200, 'text/html', body) : answer(404, 'text/html', page({ title: 'Not found - Vanguard', main: '<h1>Page not found</h1>' }))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { base: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise(resolve => { server.close(resolve); server.closeAllConnections() }) }
}
