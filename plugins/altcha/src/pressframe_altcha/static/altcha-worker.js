// Tries one number after another until the key that is made of it begins as the challenge says.
"use strict";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

addEventListener("message", async (event) => {
  const { parameters, start, step } = event.data;
  const nonce = bytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const number = new DataView(password.buffer, nonce.length);
  const way = { name: "PBKDF2", salt: bytes(parameters.salt), iterations: parameters.cost, hash: "SHA-256" };
  for (let counter = start; counter <= 0xffffffff; counter += step) {
    number.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(way, key, parameters.keyLength * 8));
    if (derivedKey.startsWith(parameters.keyPrefix)) {
      postMessage({ counter, derivedKey });
      return;
    }
  }
});
