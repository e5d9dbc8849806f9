#include "tests/consumer/shop_client.h"

#include <httplib.h>

ShopClient::ShopClient(const std::string& url, std::string username, std::string password)
    : username_(std::move(username)), password_(std::move(password)) {
  const auto slash = url.find('/', url.find("//") + 2);
  origin_ = url.substr(0, slash);
  base_ = slash == std::string::npos ? "" : url.substr(slash);
}

Answered ShopClient::exchange(const std::string& method, const std::string& path, const std::string& body, bool with_token) {
  httplib::Client client(origin_);
  httplib::Request request;
  request.method = method;
  request.path = base_ + path;
  request.body = body;
  request.headers = {{"Content-Type", "application/json"}};
  if (with_token) request.headers.emplace("Authorization", "Bearer " + token_);
  const auto result = client.send(request);
  return result ? Answered{result->status, result->body} : Answered{};
}

Answered ShopClient::send(const std::string& method, const std::string& path, const std::string& body) {
  if (token_.empty()) {
    const auto login =
        exchange("POST", "/rest/api/token", R"({"Username":")" + username_ + R"(","Password":")" + password_ + R"("})", false);
    const std::string name = R"("access_token":")";
    const auto at = login.body.find(name);
    if (at == std::string::npos) return login;
    token_ = login.body.substr(at + name.size(), login.body.find('"', at + name.size()) - at - name.size());
  }
  return exchange(method, path, body, true);
}

Answered ShopClient::place_order(const std::string& number) {
  const std::string order = R"({"CustomerDetails":{"Email":"a@example.test","FirstName":"A","LastName":"B"},)"
                            R"("OrderDetails":{"CompanyID":163,"Channel":"Local_Store","OrderSourceOrderID":")" +
                            number + R"("}})";
  const auto first = send("POST", "/rest/api/Orders", order);
  return first.status == 0 ? send("POST", "/rest/api/Orders", order) : first;
}
