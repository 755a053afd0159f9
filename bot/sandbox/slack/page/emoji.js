// Common emoji shortcodes.
import { h, icon } from "./dom.js";

const TABLE = `
gift 🎁|credit_card 💳|moneybag 💰|money_with_wings 💸|dollar 💵|euro 💶|pound 💷|receipt 🧾|shopping_trolley 🛒|shopping_bags 🛍️|ticket 🎫|label 🏷️|package 📦
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|exclamation ❗|question ❓|information_source ℹ️|rotating_light 🚨|octagonal_sign 🛑
hourglass ⌛|hourglass_flowing_sand ⏳|clock1 🕐|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|calendar 📅|date 📅|spiral_calendar_pad 🗓️
lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|eyes 👀|eye 👁️|see_no_evil 🙈|mag 🔍|mag_right 🔎|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍
bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|envelope ✉️|email 📧|inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|mailbox_with_mail 📬|telephone_receiver 📞
memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|page_facing_up 📄|bookmark_tabs 📑|books 📚|scroll 📜|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|file_folder 📁|wastebasket 🗑️
gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|electric_plug 🔌|satellite_antenna 📡|robot_face 🤖|test_tube 🧪|construction 🚧|bug 🐛|beetle 🐞|fire 🔥|zap ⚡|boom 💥|sparkles ✨|star ⭐|star2 🌟|tada 🎉|confetti_ball 🎊|trophy 🏆|rocket 🚀|bulb 💡|dart 🎯
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|back 🔙|new 🆕|free 🆓|sos 🆘|ok 🆗|heavy_plus_sign ➕|heavy_minus_sign ➖
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_green_square 🟩
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|wave 👋|raised_hands 🙌|pray 🙏|clap 👏|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|ok_hand 👌|handshake 🤝|writing_hand ✍️|hand ✋|raised_hand ✋|v ✌️
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|wink 😉|blush 😊|joy 😂|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|sweat_smile 😅|relieved 😌|sunglasses 😎|partying_face 🥳|heart ❤️|green_heart 💚|blue_heart 💙|heart_eyes 😍|100 💯
bust_in_silhouette 👤|busts_in_silhouette 👥|technologist 🧑‍💻|headphones 🎧|video_game 🎮|musical_note 🎵|tv 📺|coffee ☕|pizza 🍕|airplane ✈️|house 🏠|office 🏢|bank 🏦|globe_with_meridians 🌐|earth_africa 🌍|seedling 🌱|octopus 🐙|snowflake ❄️`;

const EMOJI = new Map(
  TABLE.trim().split(/[|\n]/).map((entry) => {
    const space = entry.indexOf(" ");
    return [entry.slice(0, space), entry.slice(space + 1)];
  }),
);
const FLAG_BASE = 0x1f1e6 - "a".charCodeAt(0);

/** The character for a shortcode without colons, or undefined. */
function emoji(name) {
  const flag = /^flag-([a-z]{2})$/.exec(name);
  if (flag) return String.fromCodePoint(...[...flag[1]].map((letter) => FLAG_BASE + letter.charCodeAt(0)));
  return EMOJI.get(name);
}

// Machines without an emoji font (such as a fresh Debian) show boxes; there, these are drawn as SVG.
const DRAWN = {
  white_check_mark: ["check", "good"], heavy_check_mark: ["check", "good"], ballot_box_with_check: ["check", "good"], tada: ["star", "warm"], sparkles: ["star", "warm"], star: ["star", "warm"],
  x: ["close", "bad"], no_entry: ["stop", "bad"], no_entry_sign: ["stop", "bad"], octagonal_sign: ["stop", "bad"], warning: ["warn", "warm"], rotating_light: ["warn", "bad"], exclamation: ["warn", "bad"],
  hourglass: ["clock", "calm"], hourglass_flowing_sand: ["clock", "calm"], alarm_clock: ["clock", "calm"], stopwatch: ["clock", "calm"], clock1: ["clock", "calm"],
  gift: ["gift", "good"], lock: ["lock", "calm"], closed_lock_with_key: ["lock", "calm"], key: ["key", "warm"], eyes: ["eye", "calm"], eye: ["eye", "calm"], mag: ["search", "calm"], mag_right: ["search", "calm"],
  credit_card: ["card", "calm"], moneybag: ["card", "good"], information_source: ["info", "calm"], bulb: ["info", "warm"], memo: ["page", "calm"], receipt: ["page", "calm"], clipboard: ["page", "calm"],
  arrows_counterclockwise: ["network", "calm"], repeat: ["network", "calm"], package: ["box", "warm"], ticket: ["card", "warm"], zap: ["bolt", "warm"], test_tube: ["fault", "calm"], wave: ["hand", "warm"],
  shopping_trolley: ["cart", "calm"], question: ["help", "calm"], mailbox_with_mail: ["mail", "good"], incoming_envelope: ["mail", "calm"], email: ["mail", "calm"], envelope: ["mail", "calm"],
  leftwards_arrow_with_hook: ["back", "calm"], boom: ["star", "bad"], fire: ["star", "bad"], "+1": ["check", "good"], thumbsup: ["check", "good"], "-1": ["close", "bad"], thumbsdown: ["close", "bad"],
  red_circle: ["dot", "bad"], large_yellow_circle: ["dot", "warm"], large_orange_circle: ["dot", "warm"], large_green_circle: ["dot", "good"], large_blue_circle: ["dot", "calm"], white_circle: ["dot", "calm"],
};
const PICTOGRAPH = /(\p{Extended_Pictographic}\uFE0F?)/u;
const bare = (character) => character.replace("\uFE0F", "");
const NAMES = new Map(Object.keys(DRAWN).map((name) => [bare(EMOJI.get(name)), name]));
let drawable;

/** Whether the machine has an emoji font: all missing glyphs look the same. */
function hasFont() {
  if (drawable !== undefined) return drawable;
  const look = (character) => {
    const canvas = h("canvas", { width: 20, height: 20 });
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    brush.font = "16px sans-serif";
    brush.fillText(character, 0, 16);
    return brush.getImageData(0, 0, 20, 20).data.join();
  };
  drawable = look("\u{1f381}") !== look("\u{10fffe}");
  return drawable;
}

function drawn(name) {
  const [glyph, mood] = DRAWN[name];
  return h("span", { class: `drawn drawn-${mood}`, role: "img", "aria-label": name.replaceAll("_", " ") }, icon(glyph));
}

/** The text as an array in which emoji that this machine cannot draw are replaced. */
export function legible(text) {
  if (!PICTOGRAPH.test(text) || hasFont()) return [text];
  return text.split(PICTOGRAPH).map((piece) => (NAMES.has(bare(piece)) ? drawn(NAMES.get(bare(piece))) : piece));
}

/** The node or text for a shortcode without colons; undefined for an unknown one. */
export function emojiNode(name) {
  const character = emoji(name);
  if (!character || hasFont()) return character;
  return DRAWN[name] && drawn(name);
}
