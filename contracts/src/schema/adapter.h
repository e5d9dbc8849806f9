// valijson's view of our JSON: an adapter whose custom keywords can reach the value itself (the library's own adapter copies strings
// and hides 64-bit integers). Only valijson.cpp includes it.
#pragma once

#include <string>
#include <utility>
#include <valijson/internal/adapter.hpp>
#include <valijson/internal/basic_adapter.hpp>
#include <valijson/internal/frozen_value.hpp>
#include <valijson/internal/optional.hpp>

#include "contracts/src/base/json.h"
#include "contracts/src/base/number.h"

namespace understudy::schema_view {

class Adapter;
using Member = std::pair<const std::string&, Adapter>;

// Iterators over elements and members; they give adapters by value.
template <class Value>
class Iterator {
 public:
  using iterator_category = std::bidirectional_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = Value*;
  using reference = Value&;

  Iterator(Json::const_iterator at) : at_(at) {}  // NOLINT: the library converts
  Value operator*() const;
  valijson::adapters::DerefProxy<Value> operator->() const { return valijson::adapters::DerefProxy<Value>(**this); }
  bool operator==(const Iterator& other) const { return at_ == other.at_; }
  bool operator!=(const Iterator& other) const { return at_ != other.at_; }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  Iterator operator++(int) {
    auto before = *this;
    ++at_;
    return before;
  }
  Iterator& operator--() {
    --at_;
    return *this;
  }
  void advance(std::ptrdiff_t count) { at_ += count; }

 private:
  Json::const_iterator at_;
};

// An array or object; without a value an empty one.
template <class Value>
class Container {
 public:
  using const_iterator = Iterator<Value>;
  using iterator = Iterator<Value>;

  Container() : json_(&empty()) {}
  explicit Container(const Json* json) : json_(json) {}  // by pointer: everything converts to a Json reference
  iterator begin() const { return json_->cbegin(); }
  iterator end() const { return json_->cend(); }
  iterator find(const std::string& name) const { return json_->find(name); }
  std::size_t size() const { return json_->size(); }

 private:
  static const Json& empty() {
    static const Json kEmpty;
    return kEmpty;
  }
  const Json* json_;
};
using Array = Container<Adapter>;
using Object = Container<Member>;

class Frozen final : public valijson::adapters::FrozenValue {
 public:
  explicit Frozen(Json json) : json_(std::move(json)) {}
  FrozenValue* clone() const override { return new Frozen(json_); }
  bool equalTo(const valijson::adapters::Adapter& other, bool strict) const override;

 private:
  Json json_;
};

class Value {
 public:
  Value() : json_(nullptr) {}
  explicit Value(const Json& json) : json_(&json) {}

  valijson::adapters::FrozenValue* freeze() const { return new Frozen(*json_); }
  opt::optional<Array> getArrayOptional() const { return isArray() ? opt::optional<Array>(Array(json_)) : opt::optional<Array>(); }
  opt::optional<Object> getObjectOptional() const { return isObject() ? opt::optional<Object>(Object(json_)) : opt::optional<Object>(); }
  bool getArraySize(std::size_t& out) const { return isArray() && set(out, json_->size()); }
  bool getObjectSize(std::size_t& out) const { return isObject() && set(out, json_->size()); }
  bool getBool(bool& out) const { return isBool() && set(out, json_->get<bool>()); }
  bool getDouble(double& out) const { return isDouble() && set(out, to_double(*json_)); }
  bool getInteger(std::int64_t& out) const { return isInteger() && set(out, json_->get<std::int64_t>()); }
  bool getString(std::string& out) const { return isString() && set(out, json_->get_ref<const std::string&>()); }
  static bool hasStrictTypes() { return true; }
  bool isArray() const { return json_->is_array(); }
  bool isBool() const { return json_->is_boolean(); }
  bool isDouble() const { return json_->is_number_float() || is_long_number(*json_); }
  bool isInteger() const { return json_->is_number_integer(); }
  bool isNull() const { return json_->is_null(); }
  bool isNumber() const { return is_number(*json_); }
  bool isObject() const { return json_->is_object(); }
  bool isString() const { return json_->is_string(); }

 private:
  template <class T>
  static bool set(T& out, T value) {
    out = std::move(value);
    return true;
  }
  const Json* json_;
};

class Adapter final : public valijson::adapters::BasicAdapter<Adapter, Array, Member, Object, Value> {
 public:
  explicit Adapter(const Json& json) : BasicAdapter(Value(json)), json_(&json) {}
  const Json& json() const { return *json_; }

 private:
  const Json* json_;
};

template <>
inline Adapter Iterator<Adapter>::operator*() const {
  return Adapter(*at_);
}
template <>
inline Member Iterator<Member>::operator*() const {
  return {at_.key(), Adapter(*at_)};
}
inline bool Frozen::equalTo(const valijson::adapters::Adapter& other, bool strict) const { return Adapter(json_).equalTo(other, strict); }

}  // namespace understudy::schema_view

template <>
struct valijson::adapters::AdapterTraits<understudy::schema_view::Adapter> {
  using DocumentType = understudy::Json;
  static std::string adapterName() { return "understudy"; }
};
