// What a move of the map leaves to do, a little in each frame: a map that stands still for a tenth of a second seems to
// hang.

const SPENT_MS = 8; // of a frame's 16: the browser draws in the rest

const waiting = new Map();
let asked = 0;

// Does job in one of the next frames, in the order of asking. One job a key: a later one takes the earlier one's turn.
export function soon(key, job) {
  waiting.set(key, job);
  asked ||= requestAnimationFrame(work);
}

function work() {
  asked = 0;
  const began = performance.now();
  try {
    for (const [key, job] of waiting) {
      waiting.delete(key);
      job();
      if (performance.now() - began > SPENT_MS) break;
    }
  } finally {
    if (waiting.size) asked ||= requestAnimationFrame(work); // once, where a job has asked for the next itself
  }
}
