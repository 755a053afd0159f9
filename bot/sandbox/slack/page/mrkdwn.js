// Renders Slack's mrkdwn. Text is never parsed as HTML.
import { append, h } from "./dom.js";
import { emojiNode, legible } from "./emoji.js";
import { groupName } from "./people.js";
import { channel, channelName, nameOf, person, state } from "./state.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** The address, if it is a safe link target. */
export const followable = (address) => (/^(https?:\/\/|mailto:)/i.test(address ?? "") ? address : undefined);

/** A link, or plain text when its address is no safe target. */
export function link(address, label) {
  if (!followable(address)) return label ?? `<${address}>`;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label ?? address.replace(/^mailto:/i, ""));
}

const mention = (text, me = false) => h("span", { class: me ? "mention mention-me" : "mention" }, text);

export const userMention = (id, label) => mention(`@${person(id) ? nameOf(person(id)) : label ?? id}`, id === state.user);
export const channelMention = (id, label) => mention(`#${channel(id) ? channelName(channel(id)) : label ?? id}`);
export const groupMention = (id, label) => mention(`@${label?.replace(/^@/, "") ?? groupName(id) ?? id}`);

const DATE_PARTS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

export function dateText(seconds, format, fallback) {
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return fallback ?? format;
  return format.replace(/\{(\w+?)(?:_pretty)?\}/g, (whole, part) =>
    DATE_PARTS[part] ? when.toLocaleString(undefined, DATE_PARTS[part]) : whole,
  );
}

function angle(inner) {
  const [target, ...rest] = inner.split("|");
  const label = rest.length ? unescape(rest.join("|")) : undefined;
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!date^")) {
    const [, seconds, format, address] = target.split("^");
    const shown = h("time", {}, dateText(seconds, format ?? "{date}", label));
    return address ? link(address, shown) : shown;
  }
  if (target.startsWith("!")) return mention(`@${label ?? target.slice(1)}`, true);
  return link(unescape(target), label);
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
// Code first, then angle brackets, then paired marks at a word boundary, then emoji.
const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|:([a-z0-9_+'-]+):|\n/gu;

/** Text with inline marks, as an array of nodes and strings. */
export function inline(text) {
  const out = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) out.push(legible(unescape(text.slice(from, match.index))));
    from = match.index + match[0].length;
    const [whole, code, bracket, mark, styled, shortcode] = match;
    if (code !== undefined) out.push(h("code", {}, unescape(code)));
    else if (bracket !== undefined) out.push(angle(bracket));
    else if (mark) out.push(h(STYLES[mark], {}, inline(styled)));
    else if (shortcode) out.push(emojiNode(shortcode) ?? whole);
    else out.push(h("br"));
  }
  if (from < text.length) out.push(legible(unescape(text.slice(from))));
  return out;
}

const KINDS = [
  ["quote", /^(?:&gt;|>) ?/],
  ["bullet", /^\s*[•◦▪-] +/],
  ["number", /^\s*\d{1,3}[.)] +/],
];

function kindOf(line) {
  return KINDS.find(([, pattern]) => pattern.test(line))?.[0] ?? "text";
}

function lines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const kind = kindOf(line);
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(({ kind, lines: members }) => {
    const bare = members.map((line) => line.replace(KINDS.find(([name]) => name === kind)?.[1] ?? "", ""));
    if (kind === "quote") return h("blockquote", {}, inline(bare.join("\n")));
    if (kind === "bullet") return h("ul", {}, bare.map((line) => h("li", {}, inline(line))));
    if (kind === "number") return h("ol", { start: parseInt(members[0], 10) }, bare.map((line) => h("li", {}, inline(line))));
    return inline(bare.join("\n"));
  });
}

/** A `mrkdwn` text as a fragment. */
export function mrkdwn(text) {
  const fragment = document.createDocumentFragment();
  String(text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/).forEach((part, index) => {
    if (index % 2) fragment.append(h("pre", {}, unescape(part)));
    else if (part) append(fragment, lines(part));
  });
  return fragment;
}

/** A Block Kit text object (plain_text or mrkdwn) as an array of nodes. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return [mrkdwn(object.text)];
  return plain(object.text, object.emoji !== false);
}

export function plain(text, with_emoji = true) {
  return String(text ?? "").split(/(:[a-z0-9_+'-]+:|\n)/).map((piece) => {
    if (piece === "\n") return h("br");
    return (with_emoji && /^:.+:$/.test(piece) && emojiNode(piece.slice(1, -1))) || legible(piece);
  });
}
