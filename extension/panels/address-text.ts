import { isCanonical, machineAddress } from '../../simulator/hardware/virtual-address.ts';

/** The first number in the text, as the machine counts; null where there is none, or none that the MMU takes. */
export function addressOf(text: string, addressBits: number): number | null {
  const number = /^\s*(0x[\da-f]+|\d+)\b/i.exec(text)?.[1];
  const address = number === undefined ? -1 : machineAddress(BigInt(number), addressBits);
  return isCanonical(address, addressBits) ? address : null;
}
