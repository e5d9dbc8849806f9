// The site: three services on one port, selected by path.
#pragma once

#include "tests/reference/sellercenter/sellercenter.h"
#include "tests/reference/sellercloud/sellercloud.h"
#include "tests/reference/veeqo/veeqo.h"

namespace reference {

struct SiteOptions {
  Accounts accounts;
  Clock clock;
  Rules rules;
  std::chrono::seconds token_lifetime{3600};
};

class Site {
 public:
  explicit Site(SiteOptions options)
      : options_(std::move(options)),
        sellercloud_(options_.accounts, options_.clock, options_.rules, options_.token_lifetime),
        veeqo_(options_.accounts, options_.clock, options_.rules),
        seller_center_(options_.accounts, options_.clock, options_.rules) {}

  // From any thread. Veeqo has its products at the root, so it gets every other path.
  Answer answer(const Request& request) {
    if (Sellercloud::owns(request.path)) return sellercloud_.answer(request);
    if (request.path == "/") return seller_center_.answer(request);
    return veeqo_.answer(request);
  }

 private:
  const SiteOptions options_;
  Sellercloud sellercloud_;
  Veeqo veeqo_;
  SellerCenter seller_center_;
};

}  // namespace reference
