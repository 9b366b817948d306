// Several files as one ZIP, stored as they are: what the parts of a shapefile travel in.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const UTF8 = 0x0800;

export function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

export async function zipped(files) {
  const [parts, central] = [[], []];
  let at = 0;
  for (const file of files) {
    const [name, bytes] = [new TextEncoder().encode(file.name), new Uint8Array(await file.arrayBuffer())];
    const facts = [[2, 20], [2, UTF8], [2, 0], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]];
    const local = packed([[4, 0x04034b50], ...facts]);
    central.push(packed([[4, 0x02014b50], [2, 20], ...facts, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), name);
    parts.push(local, name, bytes);
    at += local.length + name.length + bytes.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = packed([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0]]);
  return new Blob([...parts, ...central, end], { type: "application/zip" });
}

// What several chosen files are together: one file as it is; the parts of one shapefile in a ZIP.
export async function together(files) {
  if (files.length === 1) return { name: files[0].name, body: files[0] };
  const stems = new Set(files.map(({ name }) => name.replace(/\.[^.]+$/, "").toLowerCase()));
  const shape = files.find(({ name }) => /\.shp$/i.test(name));
  if (stems.size !== 1 || !shape) return {};
  return { name: shape.name.replace(/\.shp$/i, ".zip"), body: await zipped(files) };
}

function packed(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}
