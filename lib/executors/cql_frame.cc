#include "lib/executors/cql_frame.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace cassplan::executors {
namespace {

using Json = nlohmann::json;

constexpr uint8_t kRequestVersion = 0x04;
constexpr uint8_t kAnswerVersion = 0x84;

enum Opcode : uint8_t {
  kOpError = 0x00,
  kOpStartup = 0x01,
  kOpReady = 0x02,
  kOpAuthenticate = 0x03,
  kOpSupported = 0x06,
  kOpQuery = 0x07,
  kOpResult = 0x08,
  kOpEvent = 0x0C,
  kOpAuthChallenge = 0x0E,
  kOpAuthResponse = 0x0F,
  kOpAuthSuccess = 0x10,
};

constexpr uint8_t kFlagCompression = 0x01;
constexpr uint8_t kFlagTracing = 0x02;
constexpr uint8_t kFlagPayload = 0x04;
constexpr uint8_t kFlagWarning = 0x08;

enum TypeId : uint16_t {
  kCustom = 0x00,
  kAscii = 0x01,
  kBigint = 0x02,
  kBoolean = 0x04,
  kCounter = 0x05,
  kInt = 0x09,
  kTimestamp = 0x0B,
  kUuid = 0x0C,
  kVarchar = 0x0D,
  kTimeuuid = 0x0F,
  kInet = 0x10,
  kSmallint = 0x13,
  kTinyint = 0x14,
  kList = 0x20,
  kMap = 0x21,
  kSet = 0x22,
  kUdt = 0x30,
  kTuple = 0x31,
};

constexpr int kMaxTypeDepth = 8;
constexpr int32_t kMaxColumns = 4096;
constexpr size_t kMaxMessage = 400;

// ---- writing

void PutNumber(uint64_t value, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out->push_back(static_cast<char>((value >> shift) & 0xFF));
}

void PutString(absl::string_view text, std::string* out) {
  PutNumber(text.size(), 2, out);
  out->append(text.data(), text.size());
}

void PutBytes(absl::string_view bytes, std::string* out) {
  PutNumber(bytes.size(), 4, out);
  out->append(bytes.data(), bytes.size());
}

std::string Frame(uint8_t opcode, int16_t stream, absl::string_view body) {
  std::string frame;
  PutNumber(kRequestVersion, 1, &frame);
  PutNumber(0, 1, &frame);
  PutNumber(static_cast<uint16_t>(stream), 2, &frame);
  PutNumber(opcode, 1, &frame);
  PutBytes(body, &frame);
  return frame;
}

// ---- reading

// Bytes from the front. After the first thing that is not there everything reads as empty, and ok() is false.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  void Fail() {
    ok_ = false;
    rest_ = absl::string_view();
  }
  size_t left() const { return rest_.size(); }

  absl::string_view Take(size_t count) {
    if (count > rest_.size()) {
      Fail();
      return absl::string_view();
    }
    const absl::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  uint64_t Number(size_t bytes) {
    uint64_t value = 0;
    for (const char c : Take(bytes)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  uint8_t Byte() { return static_cast<uint8_t>(Number(1)); }
  uint16_t Short() { return static_cast<uint16_t>(Number(2)); }
  int32_t Int() { return static_cast<int32_t>(static_cast<uint32_t>(Number(4))); }
  absl::string_view String() { return Take(Short()); }
  // Below 0: null.
  absl::string_view Bytes(bool* null) {
    const int32_t size = Int();
    *null = size < 0;
    return size < 0 ? absl::string_view() : Take(static_cast<size_t>(size));
  }

 private:
  absl::string_view rest_;
  bool ok_ = true;
};

absl::Status Unreadable(absl::string_view why) {
  return absl::UnknownError(absl::StrCat("what was answered cannot be read: ", why));
}

struct Type {
  uint16_t id = kCustom;
  std::vector<Type> parts;
};

Type ReadType(Reader* reader, int depth) {
  Type type;
  if (depth > kMaxTypeDepth) {
    reader->Fail();
    return type;
  }
  type.id = reader->Short();
  size_t parts = 0;
  switch (type.id) {
    case kCustom:
      reader->String();
      break;
    case kList:
    case kSet:
      parts = 1;
      break;
    case kMap:
      parts = 2;
      break;
    case kTuple:
      parts = reader->Short();
      break;
    case kUdt: {
      reader->String();
      reader->String();
      for (uint16_t fields = reader->Short(); fields > 0 && reader->ok(); --fields) {
        reader->String();
        ReadType(reader, depth + 1);
      }
      break;
    }
    default:
      break;
  }
  for (size_t i = 0; i < parts && reader->ok(); ++i) type.parts.push_back(ReadType(reader, depth + 1));
  return type;
}

Json HexOf(absl::string_view bytes) { return absl::StrCat("0x", absl::BytesToHexString(bytes)); }

Json Signed(absl::string_view bytes) {
  if (bytes.empty() || bytes.size() > 8) return HexOf(bytes);
  int64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? -1 : 0;
  for (const char c : bytes) {
    value = static_cast<int64_t>(static_cast<uint64_t>(value) << 8 | static_cast<unsigned char>(c));
  }
  return value;
}

Json UuidOf(absl::string_view bytes) {
  if (bytes.size() != 16) return HexOf(bytes);
  std::string text = absl::BytesToHexString(bytes);
  for (const size_t dash : {20u, 16u, 12u, 8u}) text.insert(dash, 1, '-');
  return text;
}

Json AddressOf(absl::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return HexOf(bytes);
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) return HexOf(bytes);
  return std::string(text.data());
}

Json ValueOf(const Type& type, absl::string_view bytes, bool* ok);

Json Elements(const Type& type, absl::string_view bytes, bool* ok) {
  Reader reader(bytes);
  const bool map = type.id == kMap;
  const bool object = map && (type.parts[0].id == kVarchar || type.parts[0].id == kAscii);
  Json value = object ? Json::object() : Json::array();
  const int32_t count = reader.Int();
  for (int32_t i = 0; i < count && reader.ok() && *ok; ++i) {
    std::vector<Json> parts;
    for (const Type& part : type.parts) {
      bool null = false;
      const absl::string_view element = reader.Bytes(&null);
      parts.push_back(null ? Json() : ValueOf(part, element, ok));
    }
    if (!reader.ok() || !*ok) break;
    if (object) {
      if (!parts[0].is_string()) reader.Fail();
      if (reader.ok()) value[parts[0].get<std::string>()] = std::move(parts[1]);
    } else {
      value.push_back(map ? Json(std::move(parts)) : std::move(parts[0]));
    }
  }
  *ok = *ok && reader.ok() && reader.left() == 0;
  return value;
}

Json ValueOf(const Type& type, absl::string_view bytes, bool* ok) {
  switch (type.id) {
    case kAscii:
    case kVarchar:
      return std::string(bytes);
    case kBoolean:
      if (bytes.size() != 1) *ok = false;
      return bytes != absl::string_view("\0", 1);
    case kBigint:
    case kCounter:
    case kInt:
    case kTimestamp:
    case kSmallint:
    case kTinyint:
      return Signed(bytes);
    case kUuid:
    case kTimeuuid:
      return UuidOf(bytes);
    case kInet:
      return AddressOf(bytes);
    case kList:
    case kSet:
    case kMap:
      return Elements(type, bytes, ok);
    default:
      return HexOf(bytes);
  }
}

absl::Status ReadRows(Reader* reader, CqlAnswer* answer) {
  constexpr uint32_t kGlobalTable = 1;
  constexpr uint32_t kMorePages = 2;
  constexpr uint32_t kNoMetadata = 4;
  const auto flags = static_cast<uint32_t>(reader->Int());
  const int32_t columns = reader->Int();
  if (columns <= 0 || columns > kMaxColumns) return Unreadable(absl::StrCat(columns, " columns"));
  if ((flags & kMorePages) != 0) {
    bool null = false;
    answer->paging_state = std::string(reader->Bytes(&null));
  }
  if ((flags & kNoMetadata) != 0) return Unreadable("rows without their columns");
  if ((flags & kGlobalTable) != 0) {
    reader->String();
    reader->String();
  }
  std::vector<Type> types;
  for (int32_t i = 0; i < columns && reader->ok(); ++i) {
    if ((flags & kGlobalTable) == 0) {
      reader->String();
      reader->String();
    }
    answer->columns.emplace_back(reader->String());
    types.push_back(ReadType(reader, 0));
  }
  const int32_t count = reader->Int();
  for (int32_t i = 0; i < count && reader->ok(); ++i) {
    std::vector<Json> row;
    for (const Type& type : types) {
      bool null = false;
      bool good = true;
      const absl::string_view bytes = reader->Bytes(&null);
      if (!reader->ok()) break;
      row.push_back(null ? Json() : ValueOf(type, bytes, &good));
      if (!good) return Unreadable(absl::StrCat("a value of the column ", answer->columns[row.size() - 1]));
    }
    if (reader->ok()) answer->rows.push_back(std::move(row));
  }
  if (count < 0) return Unreadable(absl::StrCat(count, " rows"));
  return absl::OkStatus();
}

absl::Status ReadResult(Reader* reader, CqlAnswer* answer) {
  using Kind = CqlAnswer::Kind;
  switch (reader->Int()) {
    case 1:
      answer->kind = Kind::kVoid;
      return absl::OkStatus();
    case 2:
      answer->kind = Kind::kRows;
      return ReadRows(reader, answer);
    case 3:
      answer->kind = Kind::kSetKeyspace;
      return absl::OkStatus();
    case 5:
      answer->kind = Kind::kSchemaChange;
      return absl::OkStatus();
    default:
      return Unreadable("a result of an unknown kind");
  }
}

absl::StatusCode CodeOf(int32_t error) {
  switch (error) {
    case 0x0100:  // bad credentials
      return absl::StatusCode::kUnauthenticated;
    case 0x2100:  // unauthorized
      return absl::StatusCode::kPermissionDenied;
    case 0x000A:  // protocol
    case 0x2000:  // syntax
    case 0x2200:  // invalid
      return absl::StatusCode::kInvalidArgument;
    case 0x2300:  // configuration
    case 0x2500:  // not prepared
      return absl::StatusCode::kFailedPrecondition;
    case 0x2400:
      return absl::StatusCode::kAlreadyExists;
    case 0x1000:  // too few replicas
    case 0x1001:  // overloaded
    case 0x1002:  // starting
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnknown;
  }
}

absl::Status ReadError(Reader* reader) {
  const int32_t code = reader->Int();
  const absl::string_view message = reader->String();
  if (!reader->ok()) return Unreadable("an error without its message");
  std::string text(message.substr(0, kMaxMessage));
  for (char& c : text) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c)))
      c = absl::ascii_isspace(static_cast<unsigned char>(c)) ? ' ' : '?';
  }
  if (message.size() > kMaxMessage) text += " ...";
  return absl::Status(CodeOf(code), absl::StrCat("Cassandra: ", text, " (0x", absl::Hex(code, absl::kZeroPad4), ")"));
}

// What may stand before a body, by the header's flags.
absl::Status ReadExtras(const CqlHeader& header, Reader* reader, CqlAnswer* answer) {
  if ((header.flags & kFlagCompression) != 0) return Unreadable("it is compressed, and nobody asked for that");
  if ((header.flags & kFlagTracing) != 0) reader->Take(16);
  if ((header.flags & kFlagWarning) != 0) {
    for (uint16_t count = reader->Short(); count > 0 && reader->ok(); --count) {
      answer->warnings.emplace_back(reader->String());
    }
  }
  if ((header.flags & kFlagPayload) != 0) {
    for (uint16_t count = reader->Short(); count > 0 && reader->ok(); --count) {
      bool null = false;
      reader->String();
      reader->Bytes(&null);
    }
  }
  return reader->ok() ? absl::OkStatus() : Unreadable("it is too short");
}

absl::Status ReadBody(const CqlHeader& header, Reader* reader, CqlAnswer* answer) {
  using Kind = CqlAnswer::Kind;
  switch (header.opcode) {
    case kOpError:
      return ReadError(reader);
    case kOpResult:
      return ReadResult(reader, answer);
    case kOpAuthenticate:
      answer->kind = Kind::kAuthenticate;
      answer->authenticator = std::string(reader->String());
      return absl::OkStatus();
    case kOpReady:
      answer->kind = Kind::kReady;
      return absl::OkStatus();
    case kOpAuthChallenge:
      answer->kind = Kind::kAuthChallenge;
      return absl::OkStatus();
    case kOpAuthSuccess:
      answer->kind = Kind::kAuthSuccess;
      return absl::OkStatus();
    case kOpSupported:
      answer->kind = Kind::kSupported;
      return absl::OkStatus();
    case kOpEvent:
      answer->kind = Kind::kEvent;
      return absl::OkStatus();
    default:
      return Unreadable(absl::StrCat("operation ", static_cast<int>(header.opcode)));
  }
}

}  // namespace

std::string CqlStartup(int16_t stream) {
  std::string body;
  PutNumber(1, 2, &body);
  PutString("CQL_VERSION", &body);
  PutString("3.0.0", &body);
  return Frame(kOpStartup, stream, body);
}

std::string CqlAuthResponse(int16_t stream, absl::string_view username, absl::string_view password) {
  const absl::string_view zero("\0", 1);
  std::string body;
  PutBytes(absl::StrCat(zero, username, zero, password), &body);
  return Frame(kOpAuthResponse, stream, body);
}

std::string CqlQuery(int16_t stream, absl::string_view text, CqlConsistency consistency, int32_t page_size,
                     absl::string_view paging_state) {
  constexpr uint8_t kPageSize = 0x04;
  constexpr uint8_t kPagingState = 0x08;
  std::string body;
  PutBytes(text, &body);
  PutNumber(static_cast<uint16_t>(consistency), 2, &body);
  PutNumber(static_cast<uint8_t>(kPageSize | (paging_state.empty() ? 0 : kPagingState)), 1, &body);
  PutNumber(static_cast<uint32_t>(page_size), 4, &body);
  if (!paging_state.empty()) PutBytes(paging_state, &body);
  return Frame(kOpQuery, stream, body);
}

absl::StatusOr<CqlHeader> ReadCqlHeader(absl::string_view bytes, size_t max_body) {
  Reader reader(bytes);
  CqlHeader header;
  const uint8_t version = reader.Byte();
  header.flags = reader.Byte();
  header.stream = static_cast<int16_t>(reader.Short());
  header.opcode = reader.Byte();
  const uint64_t length = reader.Number(4);
  if (!reader.ok()) return Unreadable("it is shorter than a header");
  // A node that does not know version 4 says so in an error of its own version.
  if (version != kAnswerVersion && header.opcode != kOpError) {
    return Unreadable(absl::StrCat("it is not of version 4 of the native protocol (0x", absl::Hex(version), ")"));
  }
  if ((version & 0x80) == 0) return Unreadable("it is a request");
  if (length > max_body) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer has ", length, " bytes, and ", max_body, " are the most that is read"));
  }
  header.length = static_cast<size_t>(length);
  return header;
}

absl::StatusOr<CqlAnswer> ReadCqlAnswer(const CqlHeader& header, absl::string_view body) {
  if (body.size() != header.length) return Unreadable("it is too short");
  CqlAnswer answer;
  Reader reader(body);
  if (absl::Status extras = ReadExtras(header, &reader, &answer); !extras.ok()) return extras;
  if (absl::Status read = ReadBody(header, &reader, &answer); !read.ok()) return read;
  if (!reader.ok()) return Unreadable("it is too short");
  return answer;
}

}  // namespace cassplan::executors
