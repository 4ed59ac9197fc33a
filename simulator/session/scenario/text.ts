/** Bytes as text: printable ASCII, line feed, tab and well-formed UTF-8 as they are, everything else as `\xNN`. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length;) {
    const length = sequenceLength(bytes, index);
    if (length === 0) {
      text += `\\x${(bytes[index] as number).toString(16).padStart(2, '0')}`;
      index++;
      continue;
    }
    text += String.fromCodePoint(codePoint(bytes, index, length));
    index += length;
  }
  return text;
}

/** Bytes of the character that begins here; 0 where none does. */
function sequenceLength(bytes: Uint8Array, index: number): number {
  const first = bytes[index] as number;
  if (first === 0x0a || first === 0x09 || (first >= 0x20 && first < 0x7f)) return 1;
  const length =
    first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  for (let offset = 1; offset < length; offset++) {
    if (((bytes[index + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  if (length === 0) return 0;
  const code = codePoint(bytes, index, length);
  const smallest = [0, 0, 0x80, 0x800, 0x1_0000][length] as number;
  return code >= smallest && code <= 0x10_ffff && !(code >= 0xd800 && code < 0xe000) ? length : 0;
}

function codePoint(bytes: Uint8Array, index: number, length: number): number {
  const first = bytes[index] as number;
  if (length === 1) return first;
  let code = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) code = (code << 6) | ((bytes[index + offset] as number) & 0x3f);
  return code;
}

/** Bytes that are no characters (U+DC80 to U+DCFF by themselves), for people. */
export function readableText(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`);
}
