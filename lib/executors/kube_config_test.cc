#include "lib/executors/kube_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace cassplan::executors {
namespace {

using testing::HasSubstr;

constexpr char kGood[] = R"(apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: {cluster: c, user: u, namespace: prod}
- name: there
  context: {cluster: c2, user: u2}
clusters:
- name: c
  cluster: {server: "https://127.0.0.1:6443/", certificate-authority-data: UEVN, tls-server-name: api}
- name: c2
  cluster: {server: "https://127.0.0.2:6443", insecure-skip-tls-verify: true}
users:
- name: u
  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
- name: u2
  user: {token: secret}
)";

std::string ErrorOf(const std::string& text, const std::string& context = "") {
  const absl::StatusOr<KubeConfig> config = ReadKubeConfig(text, "k.yaml", context);
  return config.ok() ? "fine" : std::string(config.status().message());
}

std::string With(const std::string& old, const std::string& now) {
  std::string text = kGood;
  return text.replace(text.find(old), old.size(), now);
}

TEST(KubeConfig, CertificatesAndTokens) {
  const absl::StatusOr<KubeConfig> here = ReadKubeConfig(kGood, "k.yaml", "");
  ASSERT_TRUE(here.ok()) << here.status();
  EXPECT_EQ(here->server, "https://127.0.0.1:6443");
  EXPECT_EQ(here->name_space, "prod");
  EXPECT_EQ(here->tls.authorities, "PEM");
  EXPECT_EQ(here->tls.certificate, "CERT");
  EXPECT_EQ(here->tls.key, "KEY");
  EXPECT_EQ(here->tls.server_name, "api");
  const absl::StatusOr<KubeConfig> there = ReadKubeConfig(kGood, "k.yaml", "there");
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_EQ(there->token, "secret");
  EXPECT_TRUE(there->tls.insecure);
  EXPECT_EQ(there->name_space, "default");
}

TEST(KubeConfig, EveryMistakeNamesItsPlace) {
  EXPECT_THAT(ErrorOf("a: [1"), HasSubstr("k.yaml:"));
  EXPECT_THAT(ErrorOf("5"), HasSubstr("a kubeconfig is due"));
  EXPECT_THAT(ErrorOf(kGood, "nowhere"), HasSubstr("no context \"nowhere\""));
  EXPECT_THAT(ErrorOf(With("cluster: c,", "cluster: z,")), HasSubstr("k.yaml:6:"));
  EXPECT_THAT(ErrorOf(With("user: u,", "user: z,")), HasSubstr("no user \"z\""));
  EXPECT_THAT(ErrorOf(With("https://127.0.0.1", "127.0.0.1")), HasSubstr("https://"));
  EXPECT_THAT(ErrorOf(With("UEVN", "'*'")), HasSubstr("not base64"));
  EXPECT_THAT(ErrorOf(With("current-context: here", "x: y")), HasSubstr("--context"));
  EXPECT_THAT(ErrorOf(With("client-key-data: S0VZ", "client-key: /nowhere/key")), HasSubstr("no such file"));
  EXPECT_THAT(ErrorOf(With("{token: secret}", "{exec: {command: aws}}"), "there"), HasSubstr("another program"));
}

TEST(KubeConfig, FromAServiceAccount) {
  const std::string folder = testing::TempDir() + "/account";
  ASSERT_EQ(std::system(("mkdir -p " + folder).c_str()), 0);
  EXPECT_THAT(std::string(InClusterConfig("10.0.0.1", "443", folder + "/none").status().message()),
              HasSubstr("token: no such file"));
  std::ofstream(folder + "/token") << "abc\n";
  std::ofstream(folder + "/ca.crt") << "PEM";
  std::ofstream(folder + "/namespace") << "prod\n";
  const absl::StatusOr<KubeConfig> config = InClusterConfig("fd00::1", "443", folder);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->server, "https://[fd00::1]:443");
  EXPECT_EQ(config->name_space, "prod");
  EXPECT_EQ(config->token_file, folder + "/token");
}

}  // namespace
}  // namespace cassplan::executors
