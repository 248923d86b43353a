import { CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { HttpApi, HttpMethod, type CfnStage } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import {
  AllowedMethods, CachePolicy, CfnDistribution, Distribution, HeadersFrameOption,
  HeadersReferrerPolicy, HttpVersion, KeyGroup, OriginAccessIdentity, OriginRequestPolicy, PublicKey,
  ResponseHeadersPolicy, SecurityPolicyProtocol, ViewerProtocolPolicy, type BehaviorOptions,
  type IOrigin,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { join } from "node:path";
import { acknowledge } from "./acknowledge.ts";
import type { DataStack } from "./data-stack.ts";
import type { Settings } from "./settings.ts";
import { shareArn, type SharedArn } from "./shared-arn.ts";
import { createStepFunction } from "./step-function.ts";

export interface DeliveryProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly bundles: string;
}

/** Paths of the login function; every other one is a published file. */
const loginPaths = ["/", "/login*", "/logout", "/api/*"];

/** The published site: bucket, CloudFront with signed cookies per area, login function. */
export class DeliveryStack extends Stack {
  readonly publish: Bucket;
  readonly siteUrl: string;
  readonly login: LambdaFunction;
  readonly shared: { readonly publish: SharedArn };

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const { settings, data } = props;
    this.publish = new Bucket(this, "Publish", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED, versioned: true,
      // An origin access identity (China) cannot read objects under a key of KMS.
      encryption: BucketEncryption.S3_MANAGED, removalPolicy: RemovalPolicy.RETAIN,
      serverAccessLogsBucket: data.logs, serverAccessLogsPrefix: "publish/",
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(35) }],
    });
    this.shared = { publish: shareArn(this, "PublishArn", this.publish.bucketArn) };
    const cookieKey = new Secret(this, "CookieKey", {
      description: "Private key (PEM) that signs the cookies of the areas; see RUNBOOK.md",
    });
    acknowledge(cookieKey, {
      "AwsSolutions-SMG4": "Rotated with its public half in the key group, by RUNBOOK.md.",
    });
    const publicKey = new PublicKey(this, "CookiePublicKey", {
      encodedKey: new CfnParameter(this, "CookiePublicKeyPem", {
        description: "Public key (PEM) of the cookies of the areas; RUNBOOK.md makes the pair",
      }).valueAsString,
    });
    const keys = new KeyGroup(this, "CookieKeys", { items: [publicKey] });
    this.login = createStepFunction(this, "Login", {
      code: join(props.bundles, "login"), handler: "index.handler",
      description: "Login, logout, who am I; sets the cookies of the areas",
      memoryMb: 1024, timeout: Duration.seconds(15), key: data.key,
      environment: {
        DUDAO_HOME: `s3://${data.lake.bucketName}`, DUDAO_LANDING_BUCKET: data.landing.bucketName,
        DUDAO_PUBLISH_BUCKET: this.publish.bucketName, DUDAO_COOKIE_SECRET: cookieKey.secretArn,
        DUDAO_COOKIE_KEY_ID: publicKey.publicKeyId,
      },
      grants: [{
        bucket: data.shared.lake, read: ["home.json", "private/users.json", "private/session.key"],
        write: ["private/users.json", "private/session.key"],
      }],
    });
    cookieKey.grantRead(this.login);
    if (settings.oidc) this.#allowOidc(settings.oidc);
    const api = this.#createApi();
    const distribution = this.#createDistribution(settings, data, api, keys);
    new CfnOutput(this, "PublishBucket", { value: this.publish.bucketName });
    new CfnOutput(this, "CookieSecret", { value: cookieKey.secretArn });
    new CfnOutput(this, "ApiAddress", { value: api.apiEndpoint });
    this.siteUrl = `https://${settings.domain?.name ?? distribution.distributionDomainName}`;
  }

  /** Who else says who somebody is, and the client's secret, which an operator puts in. */
  #allowOidc({ issuer, client, hasSecret }: NonNullable<Settings["oidc"]>): void {
    this.login.addEnvironment("DUDAO_OIDC_ISSUER", issuer);
    this.login.addEnvironment("DUDAO_OIDC_CLIENT", client);
    if (!hasSecret) return;
    const secret = new Secret(this, "OidcSecret", {
      description: "Secret of the client at the OIDC issuer; see RUNBOOK.md",
    });
    acknowledge(secret, { "AwsSolutions-SMG4": "Rotated with the issuer's client, by RUNBOOK.md." });
    secret.grantRead(this.login);
    this.login.addEnvironment("DUDAO_OIDC_SECRET", secret.secretArn);
  }

  #createApi(): HttpApi {
    const api = new HttpApi(this, "Api", {
      description: "Login of the dashboards; reached through CloudFront",
    });
    const integration = new HttpLambdaIntegration("Login", this.login);
    for (const path of ["/", "/{proxy+}"]) {
      for (const route of api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.POST], integration })) {
        acknowledge(route, {
          "AwsSolutions-APIG4": "The login itself: whoever calls it has no session yet.",
        });
      }
    }
    const log = new LogGroup(this, "ApiLog", { retention: RetentionDays.SIX_MONTHS });
    const stage = api.defaultStage?.node.defaultChild as CfnStage;
    stage.accessLogSettings = {
      destinationArn: log.logGroupArn,
      format: JSON.stringify({
        requestId: "$context.requestId", ip: "$context.identity.sourceIp", method: "$context.httpMethod",
        path: "$context.path", status: "$context.status", at: "$context.requestTime",
      }),
    };
    stage.defaultRouteSettings = { throttlingBurstLimit: 50, throttlingRateLimit: 20 };
    return api;
  }

  #createDistribution(
    settings: Settings, data: DataStack, api: HttpApi, keys: KeyGroup,
  ): Distribution {
    const files = this.#createOrigin(settings);
    const login = new HttpOrigin(Fn.select(2, Fn.split("/", api.apiEndpoint)));
    const headers = new ResponseHeadersPolicy(this, "Headers", {
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(365), includeSubdomains: false, override: true,
        },
      },
    });
    const common = {
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS, compress: true,
      responseHeadersPolicy: headers,
    };
    const toLogin: BehaviorOptions = {
      ...common, origin: login, allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
    const distribution = new Distribution(this, "Site", {
      comment: "Supervision dashboards", httpVersion: HttpVersion.HTTP2,
      enableIpv6: !settings.isChina,
      // Slices of areas: nobody without the cookie of the area.
      defaultBehavior: { ...common, origin: files, trustedKeyGroups: [keys] },
      additionalBehaviors: {
        "/app/*": { ...common, origin: files },
        ...Object.fromEntries(loginPaths.map((path) => [path, toLogin])),
      },
      logBucket: this.#createLogs(data), logFilePrefix: "cloudfront/",
      ...this.#domainOf(settings),
    });
    const site = distribution.node.defaultChild as CfnDistribution;
    if (settings.domain && settings.isChina) {
      // Certificates of ACM are not for CloudFront in China: one uploaded to IAM (RUNBOOK.md).
      site.addPropertyOverride("DistributionConfig.ViewerCertificate", {
        IamCertificateId: settings.domain.certificate, SslSupportMethod: "sni-only",
        MinimumProtocolVersion: "TLSv1.2_2021",
      });
      site.addPropertyOverride("DistributionConfig.Aliases", [settings.domain.name]);
    }
    acknowledge(distribution, {
      "AwsSolutions-CFR1": "Who may see what is decided by signed cookies, not by country.",
      "AwsSolutions-CFR2": "No web application firewall can be attached in China; the API is throttled.",
      ...(settings.domain ? {} : {
        "AwsSolutions-CFR4": "Without a domain of its own CloudFront's certificate is used; set `domain`.",
      }),
      ...(settings.isChina ? { "AwsSolutions-CFR7": "China has origin access identities alone." } : {}),
    });
    return distribution;
  }

  /** CloudFront writes its logs by access lists, which no other bucket has. */
  #createLogs(data: DataStack): Bucket {
    return new Bucket(this, "SiteLogs", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED, versioned: true,
      encryption: BucketEncryption.S3_MANAGED, removalPolicy: RemovalPolicy.RETAIN,
      serverAccessLogsBucket: data.logs, serverAccessLogsPrefix: "site-logs/",
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
  }

  #domainOf(settings: Settings): object {
    const { domain, isChina } = settings;
    if (!domain || isChina) return {};
    const certificate = Certificate.fromCertificateArn(this, "Certificate", domain.certificate);
    return {
      domainNames: [domain.name], certificate,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  #createOrigin({ isChina }: Settings): IOrigin {
    const options = { originPath: "/publish" };
    if (!isChina) return S3BucketOrigin.withOriginAccessControl(this.publish, options);
    return S3BucketOrigin.withOriginAccessIdentity(this.publish, {
      ...options, originAccessIdentity: new OriginAccessIdentity(this, "Identity"),
    });
  }
}
