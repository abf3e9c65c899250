#include "der.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace cinnabar::fuzz {
namespace {

constexpr int kDepthMax = 30;
constexpr std::size_t kGrowthMax = 64;  // of one value
constexpr unsigned char kConstructed = 0x20, kOctets = 0x04, kSequence = 0x30;

struct Node {
  char tag = 0;
  std::string value;        // when it has no kids
  std::vector<Node> kids;
  std::optional<std::string> raw;  // head and all, as it is to be written
};

// The head at `at`: moves behind it; false when there is none.
bool read_head(std::string_view der, std::size_t& at, char& tag, std::size_t& size) {
  if (der.size() - at < 2 || (der[at] & 31) == 31) return false;
  tag = der[at++];
  size = static_cast<unsigned char>(der[at++]);
  if (size >= 128) {
    const std::size_t octets = size & 127;
    if (octets < 1 || octets > 3 || der.size() - at < octets) return false;
    size = 0;
    for (std::size_t i = 0; i < octets; ++i)
      size = size << 8 | static_cast<unsigned char>(der[at++]);
  }
  return size <= der.size() - at;
}

bool read_nodes(std::string_view der, int depth, std::vector<Node>& out) {
  for (std::size_t at = 0; at < der.size();) {
    Node node;
    std::size_t size = 0;
    if (depth > kDepthMax || !read_head(der, at, node.tag, size)) return false;
    const std::string_view value = der.substr(at, size);
    at += size;
    // An octet string often holds DER: the content of a timestamp, an extension.
    const bool holds = (node.tag & kConstructed) != 0 ||
                       (node.tag == kOctets && size > 1 && value[0] == kSequence);
    if (!holds || !read_nodes(value, depth + 1, node.kids)) {
      node.kids.clear();
      node.value = value;
    }
    out.push_back(std::move(node));
  }
  return true;
}

std::string write(const Node& node) {
  if (node.raw) return *node.raw;
  std::string value = node.value;
  for (const Node& kid : node.kids) value += write(kid);
  std::string length;
  for (std::size_t rest = value.size(); rest > 0; rest >>= 8)
    length.insert(length.begin(), static_cast<char>(rest & 255));
  std::string out(1, node.tag);
  if (value.size() < 128) {
    out += static_cast<char>(value.size());
  } else {
    out += static_cast<char>(0x80 | length.size());
    out += length;
  }
  return out + value;
}

void collect(Node& node, std::vector<Node*>& out) {
  out.push_back(&node);
  for (Node& kid : node.kids) collect(kid, out);
}

std::string mutated(std::string text) {
  const std::size_t size = text.size();
  text.resize(size + kGrowthMax);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
  return text;
}

void mutate(Node& node, const Node& other, std::minstd_rand& random) {
  switch (random() % 8) {
    case 0:  // a part that is copied from elsewhere
      node = Node(other);
      return;
    case 1:
      if (!node.kids.empty()) node.kids.push_back(node.kids[random() % node.kids.size()]);
      return;
    case 2:
      if (!node.kids.empty())
        node.kids.erase(node.kids.begin() + static_cast<long>(random() % node.kids.size()));
      return;
    case 3: {  // a length that is not right
      std::string raw = write(node);
      raw[1] = static_cast<char>(raw[1] + static_cast<int>(random() % 17) - 8);
      node.raw = raw;
      return;
    }
    case 4:  // cut off inside
      node.raw = write(node);
      node.raw->resize(random() % (node.raw->size() + 1));
      return;
    case 5:
      node.raw = mutated(write(node));
      return;
    default:
      if (node.kids.empty()) {
        node.value = mutated(node.value);
      } else {
        node.raw = mutated(write(node));
      }
  }
}

}  // namespace

std::size_t der_size(std::string_view der) {
  std::size_t at = 0, size = 0;
  char tag = 0;
  return read_head(der, at, tag, size) ? at + size : 0;
}

std::string mutated_der(std::string_view der, unsigned seed) {
  std::vector<Node> nodes;
  if (der.empty() || !read_nodes(der, 0, nodes)) return std::string(der);
  std::minstd_rand random(seed);
  std::vector<Node*> all;
  for (Node& node : nodes) collect(node, all);
  const Node other = *all[random() % all.size()];
  // Rather towards the end: there a CMS object has its attributes, before them its certificates.
  const std::size_t which = std::max(random() % all.size(), random() % all.size());
  mutate(*all[which], other, random);
  std::string out;
  for (const Node& node : nodes) out += write(node);
  return out;
}

}  // namespace cinnabar::fuzz
