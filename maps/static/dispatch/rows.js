// Rows of incidents: what is said of one, and walking them by keyboard.

// Category, note, place: the place is not said twice where the note says it.
export function parts(one) {
  const place = one.note?.includes(one.address) ? null : one.address;
  return [one.category, one.note, place].filter(Boolean);
}

export function about(one) {
  return parts(one).join(" · ") || one.source;
}

// Today's by the clock, others by the day too.
export function clock(iso) {
  const moment = new Date(iso);
  const today = moment.toDateString() === new Date().toDateString();
  return clocks()[today ? 0 : 1].format(moment);
}

// Making one takes longer than using it a hundred times.
let made;
function clocks() {
  const chinese = document.documentElement.lang.startsWith("zh");
  const hour = { hour: "2-digit", minute: "2-digit", hour12: false };
  const day = { month: chinese ? "2-digit" : "short", day: "2-digit" };
  made ??= [hour, { ...day, ...hour }].map((parts) => new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", parts));
  return made;
}

// Up and down move from row to row; other keys are `act`'s, which says whether it took one.
export function rover(list, act) {
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
    const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (to !== undefined) to?.focus();
    else if (event.repeat || !act(event, row)) return;
    event.preventDefault();
  });
}
