/** A page that does what it can to run, call out, and take the window with it, wherever it is shown. `trap.invalid` must never be asked for. */
export const hostilePage = `<!doctype html>
<html><head>
<meta http-equiv="refresh" content="0;url=http://trap.invalid/refresh">
<base href="http://trap.invalid/">
<link rel="stylesheet" href="http://trap.invalid/style.css">
<script>alert('script'); window.pwned = 1; fetch('http://trap.invalid/fetch');</script>
<script src="http://trap.invalid/script.js"></script>
<style>@import url(http://trap.invalid/import.css); body { background: url(http://trap.invalid/background.png) }</style>
</head><body onload="alert('onload')">
<img src="http://trap.invalid/img.png" onerror="alert('onerror')">
<svg onload="alert('svg')"><image href="http://trap.invalid/svg.png" /></svg>
<iframe src="javascript:alert('frame')"></iframe>
<iframe srcdoc="<script>parent.pwned = 1; alert('srcdoc')</script>"></iframe>
<object data="http://trap.invalid/object"></object>
<form action="http://trap.invalid/form"><input autofocus onfocus="alert('focus')"></form>
<a href="javascript:alert('link')" id="bait">click me</a>
<math><mtext></p><img src=x onerror="alert('mutation')"></mtext></math>
\u202eright to left\u202c \u0000 \u001b[31m &lt;script&gt;
</body></html>`;
