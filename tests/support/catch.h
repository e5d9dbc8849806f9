// Includes Catch2, version 2 or 3, under one set of names.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#define CONTAINS Catch::Matchers::ContainsSubstring
#else
#include <catch2/catch.hpp>
#define CONTAINS Catch::Matchers::Contains
#endif
