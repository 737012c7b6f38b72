// What is said of a map.

/** `peak` with three digits that count. */
export function short(value) {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

export function describeMap({ channel, rank, count, peak }) {
  const strength = peak > 0 ? `maximum ${short(peak)}` : "empty: nothing of it in this image";
  return `channel ${channel} · ${ordinal(rank)} of ${count} by activation · ${strength}`;
}

export function describeEmpty(peaks) {
  const empty = peaks.filter((peak) => !(peak > 0)).length;
  if (!empty) return "";
  return `${empty} of ${peaks.length} maps ${empty === 1 ? "is" : "are"} empty`;
}

export function ordinal(number) {
  const teen = number % 100 > 10 && number % 100 < 14;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${ending}`;
}
