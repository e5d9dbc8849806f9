// The reference implementation: the documented operations of three vendors, as an integrator would serve them, with nothing of
// Understudy in it. With --broken NAME it is wrong in one way (tests/broken/catalogue.h).
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/broken/catalogue.h"
#include "tests/reference/server.h"
#include "tests/reference/site.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

constexpr std::string_view kUsage =
    "usage: understudy_reference [--port N] [--username U --password P --api-key K] [--accounts any]\n"
    "                            [--clock-offset SECONDS] [--token-lifetime SECONDS] [--broken NAME] [--list-broken]\n"
    "                            [--nack-first N]   the first N answers to each batch that makes products are lost: 500, though all is "
    "done\n";

struct Options {
  int port = 0;
  SiteOptions site;
  const broken::Variant* variant = nullptr;
  bool list_broken = false;
  std::int64_t nack_first = 0;
};

// What is wrong with the arguments, or nothing.
std::optional<std::string> parse_option(std::string_view name, const std::string& value, Options& options) {
  const auto number = parse_integer(value);
  const auto needs_number = [&] { return number ? std::nullopt : std::optional<std::string>(std::string(name) + " needs a number"); };
  if (name == "--username") return options.site.accounts.username = value, std::nullopt;
  if (name == "--password") return options.site.accounts.password = value, std::nullopt;
  if (name == "--api-key") return options.site.accounts.api_key = value, std::nullopt;
  if (name == "--accounts") {
    options.site.accounts.any = value == "any";
    return options.site.accounts.any || value == "one" ? std::nullopt : std::optional<std::string>("--accounts takes one or any");
  }
  if (name == "--port") return options.port = static_cast<int>(number.value_or(0)), needs_number();
  if (name == "--clock-offset") return options.site.clock.offset = std::chrono::seconds(number.value_or(0)), needs_number();
  if (name == "--token-lifetime") return options.site.token_lifetime = std::chrono::seconds(number.value_or(0)), needs_number();
  if (name == "--nack-first") return options.nack_first = number.value_or(0), needs_number();
  if (name == "--broken") {
    options.variant = broken::find_variant(value);
    return options.variant ? std::nullopt : std::optional<std::string>("no broken variant is called " + value + " (--list-broken)");
  }
  return "unknown option " + std::string(name);
}

std::optional<std::string> parse_options(const std::vector<std::string>& arguments, Options& options) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at] == "--list-broken") {
      options.list_broken = true;
      continue;
    }
    if (at + 1 == arguments.size()) return arguments[at] + " needs a value";
    if (auto wrong = parse_option(arguments[at], arguments[at + 1], options)) return wrong;
    ++at;
  }
  return std::nullopt;
}

// name, operation, code of the finding, what is wrong, where the finding points
void list_broken() {
  for (const broken::Variant& variant : broken::catalogue()) {
    std::printf("%s\t%s\t%s\t%s\t%s\n", variant.name.c_str(), variant.operation.c_str(), variant.code.c_str(), variant.description.c_str(),
                variant.where.c_str());
  }
}

// Loses the first answers to each batch; batches are distinguished by their bytes.
class Loser {
 public:
  explicit Loser(std::int64_t first) : first_(first) {}

  void lose(const Request& request, Answer& answer) {
    if (first_ == 0 || request.path != "/" || request.body.find("createProducts") == std::string::npos) return;
    const std::lock_guard lock(mutex_);
    if (seen_[request.body]++ < first_)
      answer = {.name = "lost",
                .operation = answer.operation,
                .status = 500,
                .content_type = "text/plain",
                .headers = {},
                .body = "Internal Server Error"};
  }

 private:
  const std::int64_t first_;
  std::mutex mutex_;
  std::map<std::string, std::int64_t> seen_;
};

int run(const Options& options) {
  SiteOptions site_options = options.site;
  if (options.variant) site_options.rules = Rules(options.variant->forgets);
  Site site(site_options);
  Loser loser(options.nack_first);
  return serve(options.port, [&](const Request& request) {
    Answer answer = site.answer(request);
    loser.lose(request, answer);
    if (options.variant && options.variant->edit) options.variant->edit(request, answer);
    return answer;
  });
}

}  // namespace
}  // namespace reference

int main(int count, char** arguments) {
  reference::Options options;
  if (const auto wrong = reference::parse_options({arguments + 1, arguments + count}, options)) {
    std::fprintf(stderr, "%s\n%s", wrong->c_str(), reference::kUsage.data());
    return 2;
  }
  if (options.list_broken) return reference::list_broken(), 0;
  return reference::run(options);
}
