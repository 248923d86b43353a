const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Valid number of area 000000, which is never issued; another for every person below 1,000,000. */
export function identityNumber(person: number): string {
  const born = new Date(Date.UTC(1965, 0, 1 + Math.floor(person / 1000) * 13));
  const day = born.toISOString().slice(0, 10).replaceAll("-", "");
  const head = `000000${day}${String(person % 1000).padStart(3, "0")}`;
  const sum = [...head].reduce((s, digit, i) => s + Number(digit) * (weights[i] as number), 0);
  return head + "10X98765432"[sum % 11];
}
