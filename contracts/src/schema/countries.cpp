#include "contracts/src/schema/countries.h"

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Officially assigned codes, two letters each, in alphabetical order.
constexpr std::string_view kCodes =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZEC"
    "EEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLA"
    "LBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQAREROR"
    "SRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

}  // namespace

bool is_country_code(std::string_view code) {
  if (code.size() != 2) return false;
  for (std::size_t i = 0; i + 1 < kCodes.size(); i += 2) {
    if (kCodes[i] == ascii_upper(code[0]) && kCodes[i + 1] == ascii_upper(code[1])) return true;
  }
  return false;
}

}  // namespace understudy
