// The description of the API: Swagger UI on our own copy, asking nobody outside. Its frame speaks English only; the words
// that the page brings along stand in for it, wherever it writes exactly one of them.
const lang = document.documentElement.lang;
const words = JSON.parse(document.getElementById("words").textContent);
const frame = document.getElementById("docs");
const theirs = "pre, code, .markdown, .renderedMarkdown, input, textarea, option, .opblock-summary-description";

function say(node) {
  const said = words[node.nodeValue.trim()];
  if (said && !node.parentElement?.closest(theirs)) node.nodeValue = node.nodeValue.replace(node.nodeValue.trim(), said);
}

function sayAll(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) say(texts.currentNode);
}

if (lang !== "en") {
  const watch = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") say(change.target);
      for (const node of change.addedNodes) node.nodeType === Node.TEXT_NODE ? say(node) : sayAll(node);
    }
  });
  watch.observe(frame, { childList: true, subtree: true, characterData: true });
}

window.SwaggerUIBundle({
  url: `/openapi.json?lang=${lang}`,
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => ({ ...request, headers: { ...request.headers, "Accept-Language": lang } }),
});
