// Long work told while it goes on (server-sent events in answer to a POST, which EventSource can't): how far it is, then
// its answer or the problem that ended it.
import { Refused } from "./site.js";

export const TOLD = "text/event-stream";

// The answer; tell is called with each event of progress.
export async function told(reply, tell, away) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await next(reader, away);
    if (done) throw new Refused({ detail: away }, 0); // cut off in the middle
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [name, data] = parted(event);
      if (name === "done") return data;
      if (name === "problem") throw new Refused(data, data.status);
      tell(data);
    }
  }
}

async function next(reader, away) {
  try {
    return await reader.read();
  } catch {
    throw new Refused({ detail: away }, 0);
  }
}

function parted(event) {
  const [name, data] = event.split("\n", 2);
  return [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
}
