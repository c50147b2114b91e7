import { createDice, type Dice } from "./dice.js";

const words = [
  ..."user order payment session request response error timeout cache database region cluster node service".split(
    " ",
  ),
  ..."latency trace span token device mobile android ios web api gateway queue retry batch worker stream".split(
    " ",
  ),
  ..."partition offset commit deploy build release version flag experiment variant cohort campaign click".split(
    " ",
  ),
  ..."view impression search query result page item cart checkout".split(" "),
] as [string, ...string[]];
const koreanWords = [
  ..."결제 주문 배송 회원 로그인 실패 성공 서버 오류 요청 응답 시간 초과 데이터베이스 연결 사용자 권한 없음".split(
    " ",
  ),
  ..."장바구니 상품 가격 할인 쿠폰 적용 되었습니다 확인 필요 네트워크 지연 재시도 완료 취소 환불".split(
    " ",
  ),
] as [string, ...string[]];

// A stretch of a text made once costs one choice, where a word at a time costs one for each.
const textLength = 1 << 16;
const english = repeatWords(words, 1);
const korean = repeatWords(koreanWords, 2);
const hexDigits = repeatHexDigits();

export function word(dice: Dice): string {
  return dice.pick(words);
}

export function wordAt(index: number): string {
  return words[index % words.length] ?? words[0];
}

/** Words and parts of words; nothing that JSON escapes. */
export function englishText(dice: Dice, length: number): string {
  return stretch(dice, english, length);
}

/** Three bytes a letter in UTF-8. */
export function koreanText(dice: Dice, length: number): string {
  return stretch(dice, korean, length);
}

export function hexText(dice: Dice, length: number): string {
  return stretch(dice, hexDigits, length);
}

export function padded(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function stretch(dice: Dice, text: string, length: number): string {
  const start = dice.below(textLength - length);
  return text.slice(start, start + length);
}

function repeatWords(choices: [string, ...string[]], seed: number): string {
  const dice = createDice(seed);
  let text = "";
  while (text.length < textLength) text += `${dice.pick(choices)} `;
  return text.slice(0, textLength);
}

function repeatHexDigits(): string {
  const dice = createDice(3);
  let text = "";
  while (text.length < textLength) text += dice.below(16).toString(16);
  return text;
}
