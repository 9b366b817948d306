// A photo as a phone takes it, made small enough for the street's network: base64 of a JPEG.

const MOST_PX = 1600;

export async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, MOST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * share, picture.height * share].map(Math.round);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const address = canvas.toDataURL("image/jpeg", 0.85);
  return address.slice(address.indexOf(",") + 1);
}
