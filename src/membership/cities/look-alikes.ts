/**
 * Letters of other scripts that look like a Latin one, in lower or upper case, each followed by that one: from the
 * Unicode Consortium's confusables.txt 17.0, case-folded, of the scripts in `SCRIPTS`.
 */
const PAIRS =
  // Greek, Coptic
  'αaβbεeζzηhιiκkμmνvοoρpτtυuχxγyσoϝfϸpϻmᴦrϳjϭoⲃbⲅrⲏhⲓiⲕkⲙmⲛnⲟoⲣpⲥcⲧtⲩyⲭxⲽwⳏpⳑl' +
  // Cyrillic
  'аaвbеeкkмmнhоoрpсcтtуyхxьbгrшwѕsіiјjѡwѵvүyһhҽeӏlԁdԍgԛqԝwꙇi' +
  // Armenian, Georgian
  'սuտsօoաwգqզqհhոnռnցgւiքfყyჿo' +
  // Hebrew, Arabic
  'וlטvןlסoاlهoھoہoەo' +
  // Malayalam, Myanmar, Oriya
  'ടsഠoငcဝoၚcଠo' +
  // Cherokee
  'ꭰdꭱrꭲtꭵiꭹyꭺaꭻjꭼeꮃwꮇmꮋhꮍyꮐgꮒhꮓzꮟbꮢrꮤwꮥsꮩvꮪsꮮlꮯcꮲpꮶkꮷdᏻgᏼbꮁr' +
  // Canadian syllabics
  'ᐯvᑌuᑭpᑯdᑲbᒍjᒪlᕁxᕼhᕽxᖇrᖯbᖴfᗅaᗞdᗪdᗰmᗷb' +
  // Tifinagh, Lisu
  'ⴸvⴹeⵏlⵔoⵕqⵝxꓐbꓑpꓒdꓓdꓔtꓖgꓗkꓙjꓚcꓜzꓝfꓟmꓠnꓡlꓢsꓣrꓦvꓧhꓪwꓫxꓬyꓮaꓰeꓲiꓳoꓴu';

export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [...PAIRS.matchAll(/(.)([a-z])/gu)].map(([, letter, latin]) => [letter as string, latin as string]),
);
