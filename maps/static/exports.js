// What can be taken away: the view as picture, PDF, tables and text, a file that may be mailed, and paper.

import { el } from "./dom.js";
import { withQuery } from "./remote.js";

const KINDS = ["png", "pdf", "xlsx", "docx"];

export function renderExports(parent, { language, remote, drill }) {
  const { lang } = language;
  const under = drill.here.i ? drill.here.code : undefined;
  const link = (href, key) => el("li", {}, el("a", { href, download: "", text: language.t(key) }));
  const links = remote ? [...KINDS.map((kind) => link(withQuery(`${remote.addresses.reports}.${kind}`, { under, lang }), `export-${kind}`)),
    link(withQuery(remote.addresses.download, { lang }), "export-file")] : [];
  parent.replaceChildren(el("h3", { text: language.t("exports") }), el("ul", { class: "exports" }, ...links,
    el("li", {}, el("button", { type: "button", class: "more", text: language.t("export-print"), on: { click: () => window.print() } }))),
  remote ? el("p", { class: "quiet", text: language.t("export-note") }) : el("p", { class: "quiet", text: language.t("file-note") }));
}
