// Renders the `markdown` block: the common subset of Markdown.
import { h } from "./dom.js";
import { emojiNode, legible } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = /`([^`\n]+)`|\[([^\]\n]+)\]\(([^()\s]+)\)|(\*\*|__)(?=\S)(.+?)\4|~~(?=\S)(.+?)~~|(?<![\p{L}\p{N}])([*_])(?=\S)([^*_\n]+?)\7(?![\p{L}\p{N}])|:([a-z0-9_+'-]+):|\n/gu;

function inline(text) {
  const out = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(legible(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const [whole, code, label, address, , bold, struck, , slanted, shortcode] = match;
    if (code) out.push(h("code", {}, code));
    else if (label) out.push(link(address, label));
    else if (bold) out.push(h("strong", {}, inline(bold)));
    else if (struck) out.push(h("s", {}, inline(struck)));
    else if (slanted) out.push(h("em", {}, inline(slanted)));
    else if (shortcode) out.push(emojiNode(shortcode) ?? whole);
    else out.push(h("br"));
  }
  out.push(legible(text.slice(from)));
  return out;
}

const RULES = [
  [/^(#{1,6}) +(.*)$/, (lines) => lines.map((line) => h("h4", {}, inline(line.replace(/^#+ +/, ""))))],
  [/^(?:---+|\*\*\*+)$/, () => h("hr")],
  [/^> ?/, (lines) => h("blockquote", {}, inline(lines.map((line) => line.replace(/^> ?/, "")).join("\n")))],
  [/^\s*[-*+] +/, (lines) => h("ul", {}, lines.map((line) => h("li", {}, inline(line.replace(/^\s*[-*+] +/, "")))))],
  [/^\s*\d+\. +/, (lines) => h("ol", {}, lines.map((line) => h("li", {}, inline(line.replace(/^\s*\d+\. +/, "")))))],
  [/^\|.*\|$/, (lines) => grid(lines)],
  [/^\s*$/, () => null],
  [/^/, (lines) => h("p", {}, inline(lines.join("\n")))],
];

function grid(lines) {
  const cells = (line) => line.slice(1, -1).split("|").map((cell) => cell.trim());
  const [head, ...rest] = lines.filter((line) => !/^\|[\s:|-]+\|$/.test(line));
  return h("table", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, inline(cell)))),
    rest.map((line) => h("tr", {}, cells(line).map((cell) => h("td", {}, inline(cell))))));
}

function groups(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const rule = RULES.findIndex(([pattern]) => pattern.test(line));
    if (found.at(-1)?.rule === rule) found.at(-1).lines.push(line);
    else found.push({ rule, lines: [line] });
  }
  return found;
}

export function markdown(text) {
  return String(text ?? "").split(/```[a-z]*\n([\s\S]*?)```\n?/).map((part, index) =>
    index % 2 ? h("pre", {}, part) : groups(part).map(({ rule, lines }) => RULES[rule][1](lines)));
}
